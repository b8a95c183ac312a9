import { describe, expect, it } from 'vitest';
import { biasFloor, type MeasureId } from './index';

/** methods 7.3: the value at exact fairness, by n. */
const TABLE: readonly (readonly [MeasureId, number, readonly number[]])[] = [
  ['pairwise', 2, [0.375, 0.246, 0.14, 0.1, 0.08, 0.063, 0.04, 0.02]],
  ['delta', 2, [0.375, 0.246, 0.14, 0.1, 0.08, 0.063, 0.04, 0.02]],
  ['fd', 2, [0.265, 0.174, 0.099, 0.071, 0.056, 0.045, 0.028, 0.014]],
  ['pairwise', 4, [0.274, 0.176, 0.099, 0.07, 0.056, 0.045, 0.028, 0.014]],
  ['delta', 4, [0.376, 0.246, 0.14, 0.099, 0.08, 0.063, 0.04, 0.02]],
  ['fd', 4, [0.398, 0.253, 0.141, 0.1, 0.08, 0.063, 0.04, 0.02]],
  ['pairwise', 8, [0.177, 0.121, 0.07, 0.05, 0.04, 0.031, 0.02, 0.01]],
  ['fd', 8, [0.456, 0.287, 0.16, 0.113, 0.09, 0.071, 0.045, 0.023]],
];
const NS = [4, 10, 32, 64, 100, 160, 400, 1600];

describe('biasFloor', () => {
  it.each(TABLE)('%s of %i values meets the table of methods 7.3 within 0.003', (measure, K, floors) => {
    floors.forEach((floor, i) => {
      expect(Math.abs(biasFloor(measure, NS[i]!, K) - floor), `n = ${NS[i]}`).toBeLessThan(0.003);
    });
  });

  it('is exact for two values: E|2 X / n - 1| of 4 fair coins is 3/8', () => {
    expect(biasFloor('pairwise', 4, 2)).toBeCloseTo(0.375, 12);
  });

  it('sampling agrees with the exact sum', () => {
    // 3 values and 190 persons: 18336 outcomes, still exact; 202 persons are sampled.
    const ratio = biasFloor('fd', 202, 3) / biasFloor('fd', 190, 3);
    expect(ratio).toBeCloseTo(Math.sqrt(190 / 202), 1);
    expect(Math.abs(biasFloor('fd', 202, 3) - biasFloor('fd', 190, 3) * Math.sqrt(190 / 202))).toBeLessThan(
      0.001,
    );
  });

  it('falls with n, and is 2000 times the same number when asked 2000 times', () => {
    for (const n of [5, 20, 80, 320]) expect(biasFloor('fd', 2 * n, 4)).toBeLessThan(biasFloor('fd', n, 4));
    const once = biasFloor('pairwise', 333, 8);
    for (let i = 0; i < 2000; i++) expect(biasFloor('pairwise', 333, 8)).toBe(once);
  });

  it('follows an unequal target, where FD still tends to 0 but pairwise bias does not', () => {
    expect(biasFloor('fd', 10000, 2, [0.7, 0.3])).toBeLessThan(0.01);
    expect(biasFloor('pairwise', 10000, 2, [0.7, 0.3])).toBeCloseTo(0.4, 2);
    expect(biasFloor('fd', 10, 2, [1, 0])).toBe(0);
    expect(biasFloor('pairwise', 10, 2, [0, 1])).toBe(1);
    expect(biasFloor('pairwise', 10, 2, [1, 0])).toBe(1);
  });

  it('refuses what is no sample', () => {
    expect(() => biasFloor('fd', 0, 2)).toThrow(RangeError);
    expect(() => biasFloor('fd', 5, 1)).toThrow(RangeError);
    expect(() => biasFloor('fd', 5, 3, [0.5, 0.5])).toThrow(RangeError);
  });
});
