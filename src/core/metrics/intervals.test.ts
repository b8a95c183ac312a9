import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goodman, wilson } from './index';

describe('wilson', () => {
  it.each([
    [10, 0.263],
    [32, 0.164],
    [100, 0.096],
    [160, 0.077],
    [250, 0.062],
    [400, 0.049],
    [1000, 0.031],
  ])('has the published half-width at a share of 1/2 of %i (methods 7.4)', (n, half) => {
    const { low, high } = wilson(n / 2, n);
    expect((high - low) / 2).toBeCloseTo(half, 3);
    expect((high + low) / 2).toBeCloseTo(0.5, 12);
  });

  it('contains the share, lies in 0..1, and mirrors', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, u) => {
        const x = Math.round(u * n);
        const { low, high } = wilson(x, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(x / n + 1e-12);
        expect(high).toBeGreaterThanOrEqual(x / n - 1e-12);
        expect(wilson(n - x, n).low).toBeCloseTo(1 - high, 12);
      }),
    );
  });

  it('narrows with n and widens with the level', () => {
    const width = (n: number, level?: number) => {
      const { low, high } = wilson(0.3 * n, n, level);
      return high - low;
    };
    for (const n of [10, 20, 40, 80]) expect(width(2 * n)).toBeLessThan(width(n));
    expect(width(50, 0.9)).toBeLessThan(width(50, 0.95));
    expect(width(50, 0.95)).toBeLessThan(width(50, 0.99));
  });

  it('knows nothing of nobody', () => {
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
    expect(() => wilson(3, 2)).toThrow(RangeError);
    expect(() => wilson(-1, 2)).toThrow(RangeError);
  });
});

describe('goodman', () => {
  it.each([
    [[25, 25, 25, 25], 0.159, 0.371],
    [[100, 100, 100, 100], 0.2, 0.308],
    [new Array<number>(8).fill(20), 0.07, 0.214],
  ])('gives the published interval of the first of %j (methods 7.4)', (counts, low, high) => {
    const [first] = goodman(counts);
    expect(first!.low).toBeCloseTo(low, 3);
    expect(first!.high).toBeCloseTo(high, 3);
  });

  it('is wider than Wilson, for it holds for all values at once', () => {
    const counts = [30, 50, 20];
    goodman(counts).forEach(({ low, high }, k) => {
      const one = wilson(counts[k]!, 100);
      expect(low).toBeLessThan(one.low);
      expect(high).toBeGreaterThan(one.high);
    });
  });

  it('gives a value that nobody has an interval from 0', () => {
    expect(goodman([40, 0])[1]).toMatchObject({ low: 0 });
    expect(goodman([0, 0])).toEqual([
      { low: 0, high: 1 },
      { low: 0, high: 1 },
    ]);
    expect(() => goodman([-1, 3])).toThrow(RangeError);
  });
});
