import { GENDER_NOUN, NOUNS } from '../../src/core/world/words';
import { withArticle } from './language';

/** Prompts that a target edit of one noun keeps in place (methods.md 4.3); the empty one comes first. */
export function preservePrompts(noun: string): string[] {
  const others = Object.values(NOUNS)
    .map(([plain]) => plain.one)
    .filter((other) => other !== noun && other !== 'person');
  const people = ['person', ...Object.values(GENDER_NOUN).map(({ one }) => one)].filter(
    (one) => one !== noun,
  );
  return ['', ...[...people, ...others].map(withArticle)];
}

/** Prompts that no edit is asked to change and none is told to keep: how far they move is its leak. */
export const HELD_OUT_PROMPTS: readonly string[] = [
  'a photo of a kitchen',
  'a photo of a street',
  'a person wearing glasses in a garden',
  'two people on a plain background',
  'a smiling person in an office',
];
