import { findPeople, insertWord } from './language';
import { NAMEABLE } from './words';

/**
 * Puts every value into words: ("a doctor", {gender: 'woman', tone: 'dark'}) -> "a dark-skinned female doctor".
 * @param values attribute id -> value id. @param wordFor the word for a value. @param which of the nouns for people.
 * @returns the prompt as it is when it names no person.
 */
export function inWords(
  prompt: string,
  values: Readonly<Record<string, string>>,
  wordFor: (attribute: string, value: string) => string,
  which = 0,
): string {
  return NAMEABLE.toReversed().reduce((text, attribute) => {
    const value = values[attribute];
    return value === undefined
      ? text
      : (insertWord(text, attribute, wordFor(attribute, value), which) ?? text);
  }, prompt);
}

/** The same for everybody: ("a doctor and a nurse", {gender: 'woman'}) -> "a female doctor and a female nurse". */
export function inWordsForAll(
  prompt: string,
  values: Readonly<Record<string, string>>,
  wordFor: (attribute: string, value: string) => string,
): string {
  return findPeople(prompt).reduce((text, _, which) => inWords(text, values, wordFor, which), prompt);
}
