import { describe, expect, it } from 'vitest';
import { learnedDifference, meanDifference, rowOf, sampledDifference } from './shares';
import { picture } from './testing';

const table = { woman: 0.25, man: 0.75 };
const woman = picture({ gender: 'woman' });
const man = picture({ gender: 'man' });
const either = picture({ gender: 'androgynous' });

describe('learned shares', () => {
  it('are among those that the table shares out: androgynous people and empty pictures are not', () => {
    const row = rowOf('nurse', 'gender', table, [woman, man, man, either, picture(), man]);
    expect(row.found).toEqual(['woman', 'man', 'man', 'man']);
    expect(learnedDifference('', [row])).toMatchObject({ value: 0, n: 4 });
  });

  it('differ from the table by the mean over occupations and values', () => {
    const exact = rowOf('nurse', 'gender', table, [woman, man, man, man]);
    const never = rowOf('chef', 'gender', table, [man, man]);
    // 0 and 0 of the nurses, 0.25 and 0.25 of the chefs.
    const { value, n, interval } = learnedDifference('', [exact, never]);
    expect(value).toBeCloseTo(0.125, 12);
    expect(n).toBe(6);
    expect(interval[0]).toBeLessThanOrEqual(0.125);
    expect(interval[1]).toBeGreaterThan(0.125);
  });

  it('an occupation of which nobody was found is as far off as can be, not left out', () => {
    const both = [
      { counts: [0, 0], table: [0.25, 0.75] },
      { counts: [1, 3], table: [0.25, 0.75] },
    ];
    expect(meanDifference(both)).toBeCloseTo((0.25 + 0.75) / 4, 12);
  });
});

describe('what sampling alone gives', () => {
  it('is the mean absolute error of a binomial share: sqrt(2 p q / pi n) for large n', () => {
    const found = Array.from({ length: 400 }, () => 'man');
    const row = { occupation: 'nurse', table: [0.25, 0.75], values: ['woman', 'man'], found };
    const { value, n, interval } = sampledDifference('', [row, row, row]);
    const expected = Math.sqrt((2 * 0.25 * 0.75) / (Math.PI * 400));
    expect(value / expected).toBeGreaterThan(0.93);
    expect(value / expected).toBeLessThan(1.07);
    expect(n).toBe(1200);
    expect(interval[0]).toBeLessThan(value);
    expect(interval[1]).toBeGreaterThan(value);
  });
});
