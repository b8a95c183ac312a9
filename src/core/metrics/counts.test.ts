import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clearValue, tally } from './index';

describe('tally', () => {
  it('counts clear readings per value, keeps the unclear apart, and averages all', () => {
    const result = tally(
      [
        [0.9, 0.1],
        [0.2, 0.8],
        [0.55, 0.45],
        [0.7, 0.3],
      ],
      2,
    );
    expect(result).toMatchObject({ counts: [2, 1], n: 3, unclear: 1 });
    expect(result.soft[0]).toBeCloseTo(2.35 / 4, 12);
    expect(result.soft[1]).toBeCloseTo(1.65 / 4, 12);
  });

  it('gives a value that nobody has a 0', () => {
    expect(tally([[0, 1, 0]], 3).counts).toEqual([0, 1, 0]);
    expect(tally([], 3)).toEqual({ counts: [0, 0, 0], n: 0, unclear: 0, soft: [0, 0, 0] });
  });

  it('reads at the confidence and above; a tie is unclear at any confidence', () => {
    expect(clearValue([0.6, 0.4])).toBe(0);
    expect(clearValue([0.59, 0.41])).toBeUndefined();
    expect(clearValue([0.59, 0.41], 0.5)).toBe(0);
    expect(clearValue([0.5, 0.5], 0.5)).toBeUndefined();
  });

  it('loses nobody, and its soft shares sum to 1', () => {
    const reading = fc.float({ min: 0, max: 1, noNaN: true }).map((p) => [p, 1 - p]);
    fc.assert(
      fc.property(
        fc.array(reading, { minLength: 1 }),
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        (readings, c) => {
          const { counts, n, unclear, soft } = tally(readings, 2, c);
          expect(n + unclear).toBe(readings.length);
          expect(counts[0]! + counts[1]!).toBe(n);
          expect(soft[0]! + soft[1]!).toBeCloseTo(1, 6);
        },
      ),
    );
  });

  it('refuses what is not a reading', () => {
    expect(() => tally([[0.5, 0.5]], 3)).toThrow('3 probabilities');
    expect(() => tally([[1.5, -0.5]], 2)).toThrow(RangeError);
    expect(() => tally([[Number.NaN, 1]], 2)).toThrow(RangeError);
  });
});
