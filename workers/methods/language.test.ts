import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neutralPrompt, OCCUPATIONS, SUGGESTED_PROMPTS } from '../../src/core/world';
import { inWords } from './inWords';
import { findPeople, insertWord, tellsAttribute, withArticle } from './language';
import { NAMEABLE, valuesOf, wordFor } from './words';

describe('finding people in a prompt', () => {
  it.each([
    ['a photo of a doctor', ['doctor']],
    ['A photo of two Police Officers, smiling', ['police officer*']],
    ['a doctor and three nurses', ['doctor', 'nurse*']],
    ['a portrait of a school teacher in a classroom', ['school teacher']],
    ['four people in an office', ['person*']],
    ['a chief executive', ['chief executive']],
    ['two bosses', ['boss*']],
    ['"a farmer"', ['farmer']],
    ['a bowl of fruit on a table', []],
    ["a doctor's bag", []],
    ['', []],
  ])('%s', (prompt, expected) => {
    expect(findPeople(prompt).map(({ noun, plural }) => noun + (plural ? '*' : ''))).toEqual(expected);
  });

  it.each([
    ['a photo of a doctor', 'a doctor'],
    ['a photo of the old engineer', 'an engineer'],
    ['a photo of Two smiling doctors', 'doctors'],
    ['a photo of Two doctors', 'two doctors'],
    ['4 police officers', '4 police officers'],
    ['nurses', 'nurses'],
  ])('takes from "%s" the phrase "%s"', (prompt, phrase) => {
    expect(findPeople(prompt).map((person) => person.phrase)).toEqual([phrase]);
  });

  it('finds every occupation of the world, alone and in numbers', () => {
    for (const occupation of OCCUPATIONS) {
      for (const count of [1, 2, 4]) {
        expect(findPeople(neutralPrompt(occupation, count))).toMatchObject([{ plural: count > 1 }]);
      }
    }
    for (const prompt of SUGGESTED_PROMPTS) expect(findPeople(prompt).length).toBeGreaterThan(0);
  });
});

describe('putting a word into a prompt', () => {
  it.each([
    ['a photo of a doctor', 'gender', 'female', 'a photo of a female doctor'],
    ['a photo of two doctors', 'gender', 'female', 'a photo of two female doctors'],
    ['a photo of an engineer', 'gender', 'male', 'a photo of a male engineer'],
    ['a photo of a doctor', 'age', 'old', 'a photo of an old doctor'],
    ['An artist in a garden', 'age', 'young', 'A young artist in a garden'],
    ['A doctor', 'age', 'old', 'An old doctor'],
    ['a photo of a female doctor', 'age', 'old', 'a photo of an old female doctor'],
    ['a photo of an old doctor', 'gender', 'male', 'a photo of an old male doctor'],
    ['a dark-skinned female ceo', 'age', 'old', 'an old dark-skinned female ceo'],
    ['a smiling police officer', 'tone', 'tan', 'a smiling tan police officer'],
    ['a doctor and a nurse', 'gender', 'female', 'a female doctor and a nurse'],
    ['a photo of a person', 'gender', 'female', 'a photo of a woman'],
    ['four people, smiling', 'gender', 'male', 'four men, smiling'],
    ['a person', 'age', 'old', 'an old person'],
    ['teachers', 'gender', 'female', 'female teachers'],
  ] as const)('%s + %s %s', (prompt, attribute, word, expected) => {
    expect(insertWord(prompt, attribute, word)).toBe(expected);
  });

  it('leaves a prompt without people alone', () => {
    expect(insertWord('a bowl of fruit', 'gender', 'female')).toBeUndefined();
    expect(inWords('a bowl of fruit', { gender: 'woman' }, wordFor)).toBe('a bowl of fruit');
  });

  it('writes crossed values as the captions do, in whatever order they are given', () => {
    const values = { gender: 'woman', age: 'old', tone: 'dark' };
    expect(inWords('a doctor', values, wordFor)).toBe('an old dark-skinned female doctor');
  });

  it('always tells the attribute afterwards, keeps every other word, and never writes "a old" or "an female"', () => {
    const occupation = fc.constantFrom(...OCCUPATIONS.filter((one) => one !== 'person'));
    const attribute = fc.constantFrom(...NAMEABLE);
    fc.assert(
      fc.property(occupation, fc.integer({ min: 1, max: 4 }), attribute, fc.nat(), (one, count, which, k) => {
        const prompt = neutralPrompt(one, count);
        const values = valuesOf(which);
        const word = wordFor(which, values[k % values.length]!);
        const changed = insertWord(prompt, which, word)!;
        expect(tellsAttribute(prompt, which)).toBe(false);
        expect(tellsAttribute(changed, which)).toBe(true);
        expect(changed).not.toMatch(/\ba [aeiou]|\ban [^aeiou]/);
        const bare = (text: string) => text.split(' ').filter((w) => w !== 'a' && w !== 'an');
        expect(bare(changed).filter((w) => w !== word)).toEqual(bare(prompt));
      }),
    );
  });
});

describe('what a prompt already tells', () => {
  it.each([
    ['a photo of a woman', 'gender', true],
    ['a doctor with her stethoscope', 'gender', true],
    ['a human with a German shepherd', 'gender', false],
    ['two elderly nurses', 'age', true],
    ['a dark-skinned nurse', 'tone', true],
    ['a nurse with dark skin', 'tone', true],
    ['a nurse in a dark room', 'tone', false],
  ] as const)('%s: %s', (prompt, attribute, expected) => {
    expect(tellsAttribute(prompt, attribute)).toBe(expected);
  });

  it('sets the article by the sound of the first letter', () => {
    expect(withArticle('engineer')).toBe('an engineer');
    expect(withArticle('doctor')).toBe('a doctor');
  });
});
