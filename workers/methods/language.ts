import { PERSON_NOUNS } from './lexicon';
import { NAMEABLE, type Nameable, tells } from './words';

const NUMBER = /^(\d+|two|three|four|five|six|seven|eight|nine|ten|several|many|some)$/;

/** How a prompt counts its people. */
export interface NounForm {
  readonly plural: boolean;
  /** The word that counts them, e.g. "two"; empty if there is none. */
  readonly number: string;
}

/** A noun for people in a prompt. */
export interface FoundPerson extends NounForm {
  /** Singular, as the lexicon has it: "police officer". */
  readonly noun: string;
  /** The noun as a phrase of its own, in the prompt's form: "a doctor", "two doctors", "doctors". */
  readonly phrase: string;
  /** Words [start, end) of the prompt. */
  readonly start: number;
  readonly end: number;
}

/** @returns the people of a prompt, from left to right. */
export function findPeople(prompt: string): readonly FoundPerson[] {
  const words = prompt.split(/\s+/).filter(Boolean).map(bare);
  const people: FoundPerson[] = [];
  for (let start = 0; start < words.length; ) {
    const found = personAt(words, start);
    if (found) people.push(found);
    start = found ? found.end : start + 1;
  }
  return people;
}

function personAt(words: readonly string[], start: number): FoundPerson | undefined {
  for (const { one, many } of PERSON_NOUNS) {
    for (const form of [one, many]) {
      if (!form.every((word, i) => words[start + i] === word)) continue;
      // "a school teacher's desk" shows no teacher: a possessive is no head noun. bare() leaves the 's in place.
      const before = words[start - 1] ?? '';
      const noun = one.join(' ');
      const counted = { plural: form === many, number: NUMBER.test(before) ? before : '' };
      const phrase = nounPhrase(counted, { one: noun, many: many.join(' ') });
      return { noun, ...counted, phrase, start, end: start + form.length };
    }
  }
  return undefined;
}

/** ({plural: true, number: 'two'}, doctor) -> "two doctors"; without a number "doctors"; in the singular "a doctor". */
export function nounPhrase(
  { plural, number }: NounForm,
  { one, many }: { readonly one: string; readonly many: string },
): string {
  if (!plural) return withArticle(one);
  return number === '' ? many : `${number} ${many}`;
}

/** Whether the prompt already tells the attribute somewhere: "a photo of a woman" tells the gender. */
export function tellsAttribute(prompt: string, attribute: Nameable): boolean {
  return prompt.split(/\s+/).some((word) => tells(bare(word), attribute));
}

/**
 * Puts an attribute word before a noun for people, in the place where English (and the captions) have it, and
 * mends the article: ("a photo of a doctor", 'age', "old") -> "a photo of an old doctor".
 * @param which of the nouns for people, from 0. @returns undefined when there is no such noun.
 */
export function insertWord(prompt: string, attribute: Nameable, word: string, which = 0): string | undefined {
  const person = findPeople(prompt)[which];
  if (!person) return undefined;
  const words = prompt.split(/\s+/).filter(Boolean);
  const genderNoun = attribute === 'gender' ? nounForGender(person, word) : undefined;
  if (genderNoun !== undefined) {
    // "a woman" rather than "a female person": nobody writes the second, in captions or elsewhere.
    words[person.start] = words[person.start]!.replace(/[\p{L}]+/u, genderNoun);
    mendArticle(words, person.start);
    return words.join(' ');
  }
  let place = person.start;
  while (place > 0 && comesAfter(words[place - 1]!, attribute)) place -= 1;
  words.splice(place, 0, word);
  mendArticle(words, place);
  return words.join(' ');
}

/** "a doctor", "an engineer". */
export function withArticle(phrase: string): string {
  return `${articleFor(phrase)} ${phrase}`;
}

/** Whether this word is an adjective that English puts after one of the attribute: age, then tone, then gender. */
function comesAfter(word: string, attribute: Nameable): boolean {
  return NAMEABLE.slice(NAMEABLE.indexOf(attribute) + 1).some((later) => tells(bare(word), later));
}

function nounForGender({ noun, plural }: FoundPerson, word: string): string | undefined {
  if (noun !== 'person') return undefined;
  if (word === 'female') return plural ? 'women' : 'woman';
  if (word === 'male') return plural ? 'men' : 'man';
  return undefined;
}

/** Mends the article right before words[at]. */
function mendArticle(words: string[], at: number): void {
  const before = words[at - 1];
  if (before && /^an?$/i.test(before)) {
    const article = articleFor(words[at]!);
    words[at - 1] = /^A/.test(before) ? article.replace('a', 'A') : article;
  }
}

/** By the first letter; that serves every word this file inserts. */
function articleFor(phrase: string): 'a' | 'an' {
  return /^[aeiou]/i.test(phrase) ? 'an' : 'a';
}

/** Lower case, without the punctuation around it. */
function bare(word: string): string {
  return word.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
}
