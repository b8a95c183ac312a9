import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohenKappa, fleissKappa } from './agreement';
import { correctShares } from './correction';

const repeat = <T>(item: T, times: number): T[] => Array.from({ length: times }, () => item);

describe('agreement of raters', () => {
  it('of two is 0.4 in the textbook case: 20 and 15 alike, 5 and 10 apart', () => {
    const pairs = [
      ...repeat([0, 0] as const, 20),
      ...repeat([0, 1] as const, 5),
      ...repeat([1, 0] as const, 10),
      ...repeat([1, 1] as const, 15),
    ];
    const { kappa, interval, observed, n } = cohenKappa(pairs);
    expect(kappa).toBeCloseTo(0.4, 12);
    expect({ observed, n }).toEqual({ observed: 0.7, n: 50 });
    // The large-sample standard error is sqrt(0.7 * 0.3 / (50 * 0.25)) = 0.13.
    expect(interval!.low).toBeGreaterThan(0.08);
    expect(interval!.low).toBeLessThan(0.22);
    expect(interval!.high).toBeGreaterThan(0.55);
    expect(interval!.high).toBeLessThan(0.72);
  });

  it("of fourteen is Fleiss' own 0.210 for his table of ten", () => {
    const table = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ];
    expect(fleissKappa(table).kappa).toBeCloseTo(0.21, 3);
  });

  it('is 1 where all agree, and says nothing where there was only one value', () => {
    expect(cohenKappa([...repeat([0, 0] as const, 3), [1, 1]]).kappa).toBe(1);
    expect(cohenKappa(repeat([1, 1] as const, 3)).kappa).toBeUndefined();
    expect(() => cohenKappa([])).toThrow(RangeError);
    expect(() =>
      fleissKappa([
        [2, 0],
        [1, 0],
      ]),
    ).toThrow('2 raters');
  });
});

describe("shares without the reader's mistakes", () => {
  it('are those of Rogan and Gladen for two values', () => {
    // Sensitivity 0.9, specificity 0.8, 0.55 read: (0.55 + 0.8 - 1) / 0.7 = 0.5.
    const { shares, intervals } = correctShares(
      [55, 45],
      [
        [90, 10],
        [20, 80],
      ],
    );
    expect(shares[0]).toBeCloseTo(0.5, 6);
    expect(intervals[0]!.low).toBeLessThan(0.38);
    expect(intervals[0]!.high).toBeGreaterThan(0.62);
  });

  it('undo any mistakes that can be undone', () => {
    const share = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(
        fc.tuple(share, share, share),
        fc.array(share, { minLength: 9, maxLength: 9 }),
        (people, off) => {
          const total = people.reduce((a, b) => a + b);
          const truth = people.map((x) => x / total);
          const confusion = [0, 1, 2].map((k) => [0, 1, 2].map((j) => off[3 * k + j]! + (j === k ? 100 : 0)));
          const rates = confusion.map((row) => row.map((x) => x / row.reduce((a, b) => a + b)));
          const read = [0, 1, 2].map((j) => truth.reduce((sum, p, k) => sum + p * rates[k]![j]!, 0));
          const { shares } = correctShares(read, confusion, { resamples: 1 });
          shares.forEach((p, k) => {
            expect(p).toBeCloseTo(truth[k]!, 5);
          });
        },
      ),
      { numRuns: 50 },
    );
  });

  it('stay within 0..1, and are refused where the reader tells nothing', () => {
    const { shares } = correctShares(
      [1, 99],
      [
        [9, 1],
        [2, 8],
      ],
    );
    expect(shares[0]).toBeCloseTo(0, 6);
    expect(shares[1]).toBeCloseTo(1, 6);
    const blind = [
      [5, 5],
      [5, 5],
    ];
    expect(() => correctShares([1, 1], blind)).toThrow('reads two of the values alike');
    expect(() => correctShares([1, 1], [[1, 0]])).toThrow('2 x 2');
  });
});
