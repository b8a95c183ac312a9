import { GENDER_NOUN, NOUNS } from '../../src/core/world/words';
import { type NounForm, nounPhrase } from './language';

/**
 * Prompts that an edit of one noun keeps in place (methods.md 4.3), in that noun's own form; the empty one comes first.
 * @param noun singular.
 */
export function preservePrompts(noun: string, form: NounForm): string[] {
  const [person, ...others] = [NOUNS.person, ...Object.values(NOUNS)].map(([plain]) => plain);
  const nouns = [person!, ...Object.values(GENDER_NOUN), ...others.filter(({ one }) => one !== 'person')];
  return ['', ...nouns.filter(({ one }) => one !== noun).map((one) => nounPhrase(form, one))];
}

/** Prompts that no edit is asked to change and none is told to keep: how far they move is its leak. */
export const HELD_OUT_PROMPTS: readonly string[] = [
  'a photo of a kitchen',
  'a photo of a street',
  'a person wearing glasses in a garden',
  'two people on a plain background',
  'a smiling person in an office',
];
