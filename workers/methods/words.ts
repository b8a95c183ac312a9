import { AGES, GENDERS, TONE_GROUPS } from '../../src/core/world/types';
import { AGE_ADJECTIVE, GENDER_ADJECTIVE, TONE_ADJECTIVE } from '../../src/core/world/words';

/**
 * The words by which prompts ask for an attribute value. They are the ones of the drawn world's captions, which are plain
 * English that Stable Diffusion knows as well.
 */

/** Attributes that a method can ask for in words, in the order English puts their adjectives before a noun. */
export const NAMEABLE = ['age', 'tone', 'gender'] as const;
export type Nameable = (typeof NAMEABLE)[number];

const WORDS: Readonly<Record<Nameable, Readonly<Record<string, string>>>> = {
  age: Object.fromEntries(AGES.map((age) => [age, AGE_ADJECTIVE[age][0]])),
  tone: Object.fromEntries(TONE_GROUPS.map((tone) => [tone, TONE_ADJECTIVE[tone][0]])),
  gender: Object.fromEntries(GENDERS.map((gender) => [gender, GENDER_ADJECTIVE[gender]])),
};

/** Words that already tell the attribute; a prompt that holds one is left as its author wrote it. */
const TELLING: Readonly<Record<Nameable, RegExp>> = {
  age: /^(young|old|elderly|aged|middle-aged|senior|teenage|adult|child|children|kids?|boys?|girls?|baby)$/,
  tone: /^(.*-skinned|tan|skin|black|white|brown|asian|indian|african|european|latino|latina|hispanic)$/,
  gender:
    /^(female|male|wom[ae]n|m[ae]n|girls?|boys?|lady|ladies|gentlem[ae]n|she|he|her|his|him|mothers?|fathers?|feminine|masculine)$/,
};

/** @returns e.g. "female" for ('gender', 'woman'); the value's own id where there is no word for it. */
export function wordFor(attribute: string, value: string): string {
  return isNameable(attribute) ? (WORDS[attribute][value] ?? value) : value;
}

export function valuesOf(attribute: Nameable): readonly string[] {
  return Object.keys(WORDS[attribute]);
}

export function isNameable(attribute: string): attribute is Nameable {
  return NAMEABLE.some((known) => known === attribute);
}

/** Whether a word of a prompt (lower case, no punctuation) tells this attribute. */
export function tells(word: string, attribute: Nameable): boolean {
  return TELLING[attribute].test(word);
}
