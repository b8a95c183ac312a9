import { describe, expect, it } from 'vitest';
import { expectedPeople, parsePrompt } from './parsing';

/** Heads and modifiers as the words they stand for. */
function read(prompt: string) {
  const { people, competitors } = parsePrompt(prompt);
  const text = ({ start, end }: { start: number; end: number }) => prompt.slice(start, end);
  return {
    people: people.map(({ head, modifiers, count }) => [modifiers.map(text).join(' '), text(head), count]),
    competitors: competitors.map(text),
  };
}

describe('the noun chunks of a prompt', () => {
  it.each([
    ['a photo of a doctor', [['', 'doctor', 1]], []],
    ['a photo of three smiling doctors', [['three smiling', 'doctors', 3]], []],
    ['A Photo of 4 Police Officers, in a kitchen.', [['4', 'Police Officers', 4]], ['kitchen']],
    [
      'a photo of a doctor and a nurse',
      [
        ['', 'doctor', 1],
        ['', 'nurse', 1],
      ],
      [],
    ],
    ['doctors', [['', 'doctors', undefined]], []],
    ['several old farmers', [['several old', 'farmers', undefined]], []],
    ['a group of four people', [['four', 'people', 4]], []],
    [
      'a photo of a person wearing glasses standing next to flowers',
      [['', 'person', 1]],
      ['glasses', 'flowers'],
    ],
    ['two nurses smiling', [['two', 'nurses', 2]], []],
    ['a chef with a big frying pan', [['', 'chef', 1]], ['pan']],
    ['a bowl of fruit', [], ['bowl', 'fruit']],
    ['', [], []],
    ['… – 7', [], []],
  ] as const)('"%s"', (prompt, people, competitors) => {
    expect(read(prompt)).toEqual({ people, competitors });
  });

  it('counts the people, and takes a plural without a number for two', () => {
    const count = (prompt: string) => expectedPeople(parsePrompt(prompt));
    expect(count('three doctors and a nurse')).toEqual({ count: 4, said: true });
    expect(count('doctors and a nurse')).toEqual({ count: 3, said: false });
    expect(count('a bowl of fruit')).toEqual({ count: 0, said: true });
  });
});
