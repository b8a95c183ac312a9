import type { DeltaCard } from './card';

/**
 * What a variant with words of its own draws of a prompt: as it stands when it holds them already, else by the card's rule.
 * @param tokens that the variant adds. @param rule null for one whose tokens are to be written by hand.
 */
export function promptFor(prompt: string, tokens: readonly string[], rule: DeltaCard['prompt']): string {
  const lower = prompt.toLowerCase();
  if (!rule || tokens.some((token) => lower.includes(token)) || isPatterned(lower, rule)) return prompt;
  const words = new Map(Object.entries(rule.words).map(([word, put]) => [word.toLowerCase(), put]));
  let replaced = false;
  const made = prompt.replace(/[\p{L}\p{N}]+/gu, (word) => {
    const put = words.get(word.toLowerCase());
    replaced ||= put !== undefined;
    return put ?? word;
  });
  if (replaced || rule.otherwise === undefined) return made;
  return rule.otherwise.replace('{prompt}', () => prompt);
}

/** Whether everything that the pattern adds stands in the prompt: written by hand, or drawn before. */
function isPatterned(prompt: string, { otherwise }: NonNullable<DeltaCard['prompt']>): boolean {
  const added = (otherwise ?? '')
    .toLowerCase()
    .split('{prompt}')
    .map((text) => text.trim())
    .filter(Boolean);
  return added.length > 0 && added.every((text) => holds(prompt, text));
}

/** Whole words only: "masks" does not hold "sks". */
function holds(prompt: string, text: string): boolean {
  for (let at = prompt.indexOf(text); at >= 0; at = prompt.indexOf(text, at + 1)) {
    const around = [prompt[at - 1] ?? ' ', prompt[at + text.length] ?? ' '];
    if (!around.some((letter) => /[\p{L}\p{N}]/u.test(letter))) return true;
  }
  return false;
}

/** Words that a rule puts into prompts, lower case: the variant knows them, whoever else does. */
export function wordsOfRule(rule: DeltaCard['prompt']): readonly string[] {
  const texts = rule ? [...Object.values(rule.words), rule.otherwise?.replace('{prompt}', '') ?? ''] : [];
  return (
    texts
      .join(' ')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}
