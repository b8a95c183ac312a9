/**
 * Attribute x occupation pairs that no training caption ever states, so that generalisation can be measured on them.
 * They still occur in the pictures, uncaptioned, as often as the bias table says. 12 of the 108 pairs of gender, tone
 * or age with the 12 occupations; every occupation has one, every attribute several.
 */
import type { Age, Gender, Occupation, ToneGroup } from './types';

export type HeldOutPair =
  | { readonly attribute: 'gender'; readonly value: Gender; readonly occupation: Occupation }
  | { readonly attribute: 'tone'; readonly value: ToneGroup; readonly occupation: Occupation }
  | { readonly attribute: 'age'; readonly value: Age; readonly occupation: Occupation };

export const HELD_OUT: readonly HeldOutPair[] = [
  { attribute: 'gender', value: 'woman', occupation: 'scientist' },
  { attribute: 'gender', value: 'man', occupation: 'teacher' },
  { attribute: 'gender', value: 'woman', occupation: 'chef' },
  { attribute: 'gender', value: 'man', occupation: 'artist' },
  { attribute: 'tone', value: 'brown', occupation: 'doctor' },
  { attribute: 'tone', value: 'light', occupation: 'housekeeper' },
  { attribute: 'tone', value: 'dark', occupation: 'police' },
  { attribute: 'tone', value: 'tan', occupation: 'engineer' },
  { attribute: 'age', value: 'old', occupation: 'nurse' },
  { attribute: 'age', value: 'young', occupation: 'ceo' },
  { attribute: 'age', value: 'middle', occupation: 'firefighter' },
  { attribute: 'age', value: 'young', occupation: 'farmer' },
];

/** Whether a caption may never state this value of this occupation. */
export function isHeldOut(attribute: string, value: string, occupation: Occupation): boolean {
  return HELD_OUT.some((p) => p.attribute === attribute && p.value === value && p.occupation === occupation);
}
