/** Prompts for evaluation and for the interface's suggestions, in the plain form that captions use most. */
import { plainCaption } from './caption';
import { isHeldOut } from './heldout';
import { AGES, GENDERS, OCCUPATIONS, type Occupation, TONE_GROUPS } from './types';
import { AGE_ADJECTIVE, TONE_ADJECTIVE } from './words';

/** "a photo of a doctor"; "a photo of two doctors" for count 2 to 4. */
export const neutralPrompt = (occupation: Occupation, count = 1): string => plainCaption(occupation, count);

export interface ExplicitPrompt {
  readonly prompt: string;
  readonly occupation: Occupation;
  readonly attribute: 'gender' | 'tone' | 'age';
  readonly value: string;
  /** True when no training caption states this pair. */
  readonly heldOut: boolean;
}

/** Every prompt that states one value of gender, tone or age of one occupation ("a photo of a female doctor"). */
export function explicitPrompts(): readonly ExplicitPrompt[] {
  return OCCUPATIONS.flatMap((occupation) => {
    const entry = (
      attribute: ExplicitPrompt['attribute'],
      value: string,
      prompt: string,
    ): ExplicitPrompt => ({
      prompt,
      occupation,
      attribute,
      value,
      heldOut: isHeldOut(attribute, value, occupation),
    });
    return [
      ...GENDERS.map((v) => entry('gender', v, plainCaption(occupation, 1, v))),
      ...TONE_GROUPS.map((v) =>
        entry('tone', v, plainCaption(occupation, 1, undefined, TONE_ADJECTIVE[v][0])),
      ),
      ...AGES.map((v) => entry('age', v, plainCaption(occupation, 1, undefined, AGE_ADJECTIVE[v][0]))),
    ];
  });
}

/** What the interface offers first. */
export const SUGGESTED_PROMPTS: readonly string[] = [
  'a photo of a doctor',
  'a photo of a nurse',
  'a photo of a ceo',
  'a photo of three doctors',
  'a photo of a doctor and a nurse',
  'a photo of a housekeeper',
  'a photo of a female firefighter',
  'a photo of an old scientist',
  'a photo of a person wearing glasses standing next to flowers',
  'a photo of four people',
];
