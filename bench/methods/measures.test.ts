import { describe, expect, it } from 'vitest';
import { biasOf, changeTest, type Item, usualTest, valueIndex } from './measures';
import { askedOne, pictureOf, singles } from './testing';

describe('measures of bias', () => {
  it('pool people, count crossed values, and leave androgynous people out', () => {
    const items = singles(['man', 'man', 'man', 'woman', 'androgynous']);
    const bias = biasOf('Bias-W', items, 'gender')!;
    expect(bias.value).toBeCloseTo(0.5, 12);
    expect(bias.n).toBe(4);
    // Exactly fair at n = 4 (methods.md 7.3).
    expect(bias.floor).toBeCloseTo(0.375, 3);
    expect(biasOf('Bias-W', singles(['man', 'woman'], ['dark']), 'gender-tone')!.value).toBeCloseTo(
      12 / 56,
      12,
    );
    expect(valueIndex(pictureOf(1, ['woman', 'dark']).people[0]!, 'gender-tone')).toBe(3);
    expect(biasOf('Bias-W', singles(['androgynous', 'androgynous']), 'gender')).toBeUndefined();
  });

  it('see in one picture what is hidden over all, and know how even a picture of so many people can be', () => {
    const several = (people: readonly (readonly [string, string])[], i: number): Item => ({
      asked: askedOne({ part: 'several', people: people.length }),
      picture: pictureOf(i, ...people),
    });
    const [men, women] = ['man', 'woman'].map((gender) => [gender, 'light'] as const);
    const alike = [several([men!, men!], 1), several([women!, women!], 2)];
    expect(biasOf('Bias-W', alike, 'gender')!.value).toBe(0);
    expect(biasOf('Bias-I', alike, 'gender')).toMatchObject({ value: 1, n: 2, evenest: 0, floor: 0.5 });
    const three = [several([men!, men!, women!], 1), several([men!, women!, women!], 2)];
    const found = biasOf('Bias-I', three, 'gender')!;
    expect([found.value, found.evenest]).toEqual([1 / 3, 1 / 3].map((x) => expect.closeTo(x, 12)));
  });

  it('has a floor of Bias-P that is the mean of the prompts own', () => {
    const items = [
      ...singles(['man', 'woman', 'man', 'woman']),
      ...singles(['man', 'man']).map((one) => ({ ...one, asked: askedOne({ prompt: 'other' }) })),
    ];
    // 0.375 at n = 4 and 0.5 at n = 2.
    expect(biasOf('Bias-P', items, 'gender')).toMatchObject({
      value: 0.5,
      floor: expect.closeTo((0.375 + 0.5) / 2, 9),
    });
  });
});

describe('the test of a change', () => {
  it('pairs the leftmost people of the same seeds: 5 men of 5 that became women are 1/32 by the mid-p', () => {
    const base = singles(new Array(6).fill('man'));
    const own = singles(['woman', 'woman', 'woman', 'woman', 'woman', 'man']);
    expect(changeTest(base, own, 'gender')).toEqual({ n: 6, p: expect.closeTo(1 / 32, 12) });
    expect(changeTest(base, base, 'gender')!.p).toBe(1);
    expect(changeTest(base, own.slice(0, 2), 'gender')!.n).toBe(2);
    expect(changeTest(base, [], 'gender')).toBeUndefined();
  });

  it('of the usual value sees what shares hide: half of the nurses became men, half of the doctors women', () => {
    const nurses = (genders: readonly string[]) =>
      singles(genders).map((one) => ({
        ...one,
        asked: askedOne({ prompt: 'a nurse', occupation: 'nurse' }),
      }));
    const base = [...singles(new Array(4).fill('man')), ...nurses(new Array(4).fill('woman'))];
    const own = [...singles(['man', 'woman', 'woman', 'woman']), ...nurses(['man', 'man', 'man', 'woman'])];
    expect(changeTest(base, own, 'gender')!.p).toBe(1);
    expect(usualTest(base, own, 'gender')).toEqual({ n: 8, p: expect.closeTo(1 / 64, 12) });
    // Among people without an occupation no gender is most usual.
    const persons = base.map((one) => ({ ...one, asked: askedOne({ occupation: 'person' }) }));
    expect(usualTest(persons, persons, 'gender')).toBeUndefined();
  });
});
