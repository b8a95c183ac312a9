import type { DeltaCard } from './card';

/**
 * What a variant with learned tokens draws of a prompt: as it stands when it holds a token already, else by the card's rule.
 * @param tokens that the variant adds. @param rule null for one whose tokens are to be written by hand.
 */
export function promptFor(prompt: string, tokens: readonly string[], rule: DeltaCard['prompt']): string {
  const lower = prompt.toLowerCase();
  if (!rule || tokens.some((token) => lower.includes(token))) return prompt;
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
