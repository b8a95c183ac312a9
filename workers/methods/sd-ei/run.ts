import { findPeople, withArticle } from '../language';
import type { StartMethod } from '../method';
import { choiceOf } from '../parameters';
import { MASK, SENTENCES } from './sentences';

/** Appends one sentence to every prompt of the lane. */
export const start: StartMethod = async (host, parameters) => {
  const id = choiceOf(parameters, 'sentence');
  const sentence = SENTENCES.find((candidate) => candidate.id === id)?.text ?? '';
  return {
    image: () => ({
      rewrite: (prompt) => intervene(prompt, sentence),
      trace: () => ({ notes: { sentence: fill(sentence, host.prompt) } }),
    }),
  };
};

/** ("a photo of a doctor", "if all genders can be [mask]") -> "a photo of a doctor if all genders can be a doctor". */
export function intervene(prompt: string, sentence: string): string {
  return `${prompt.trim().replace(/[.,;!?]+$/, '')} ${fill(sentence, prompt)}`;
}

function fill(sentence: string, prompt: string): string {
  return sentence.replace(MASK, withArticle(findPeople(prompt)[0]?.noun ?? 'person'));
}
