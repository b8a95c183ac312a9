import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frechetDistance, nearest, precisionRecall, reliability } from './index';

/** By numpy and scipy: training/golden/distributions.py. */
interface Golden {
  readonly sets: readonly {
    readonly a: number[][];
    readonly b: number[][];
    readonly frechet: number;
    readonly k: number;
    readonly precision: number;
    readonly recall: number;
  }[];
  readonly calibration: readonly {
    readonly confidence: number[];
    readonly right: boolean[];
    readonly bins: number;
    readonly ece: number;
    readonly counts: number[];
  }[];
}
const golden: Golden = JSON.parse(
  readFileSync(new URL('./golden/distributions.json', import.meta.url), 'utf8'),
);

const vectors = (least: number) =>
  fc.array(fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 3, maxLength: 3 }), {
    minLength: least,
    maxLength: 12,
  });

describe('Fréchet distance', () => {
  it.each(golden.sets)('equals scipy: $frechet', ({ a, b, frechet }) => {
    // The third set has fewer vectors than dimensions, where scipy's square root of a singular product is good to 1e-6.
    expect(frechetDistance(a, b) / frechet).toBeCloseTo(1, 6);
  });

  it('of two one-dimensional sets is (m_a - m_b)^2 + (s_a - s_b)^2', () => {
    const a = [[1], [3]]; // mean 2, standard deviation sqrt 2
    const b = [[4], [10]]; // mean 7, standard deviation sqrt 18
    expect(frechetDistance(a, b)).toBeCloseTo(25 + (Math.sqrt(18) - Math.sqrt(2)) ** 2, 9);
  });

  it('is symmetric, and 0 for a set and itself', () => {
    fc.assert(
      fc.property(vectors(2), vectors(2), (a, b) => {
        const there = frechetDistance(a, b);
        expect(Math.abs(there - frechetDistance(b, a))).toBeLessThan(1e-5 * (1 + there));
        expect(frechetDistance(a, a)).toBeLessThan(1e-5);
      }),
    );
  });

  it('refuses one vector, and features of two lengths', () => {
    expect(() => frechetDistance([[1]], [[1], [2]])).toThrow('at least two');
    expect(() =>
      frechetDistance(
        [[1], [2]],
        [
          [1, 2],
          [3, 4],
        ],
      ),
    ).toThrow('1 and 2 numbers');
  });
});

describe('precision and recall', () => {
  it.each(golden.sets)('equal numpy: $precision, $recall', ({ a, b, k, precision, recall }) => {
    expect(precisionRecall(a, b, k)).toEqual({ precision, recall });
  });

  it('a generator that repeats one real picture is precise and covers nothing else', () => {
    const real = [0, 1, 2, 3, 10, 11, 12, 13].map((x) => [x]);
    const one = [2, 2, 2, 2, 2].map((x) => [x]);
    expect(precisionRecall(real, one)).toEqual({ precision: 1, recall: 1 / 8 });
    expect(() => precisionRecall(real, [[1], [2], [3]])).toThrow('more than 3 vectors, got 3');
  });
});

describe('nearest', () => {
  it('finds what a full comparison finds', () => {
    fc.assert(
      fc.property(vectors(1), vectors(1), (queries, pool) => {
        nearest(queries, pool).forEach(({ index, distance }, i) => {
          const all = pool.map((row) => Math.hypot(...row.map((x, k) => x - queries[i]![k]!)));
          expect(distance).toBeCloseTo(Math.min(...all), 9);
          expect(all[index]).toBeCloseTo(distance, 9);
        });
      }),
    );
    expect(() => nearest([[1]], [])).toThrow(RangeError);
    expect(() => nearest([[1]], [[1, 2]])).toThrow('one length');
  });
});

describe('reliability', () => {
  it.each(golden.calibration)('equals numpy: $ece', ({ confidence, right, bins, ece, counts }) => {
    const found = reliability(
      confidence.map((value, i) => ({ confidence: value, right: right[i]! })),
      bins,
    );
    expect(found.ece).toBeCloseTo(ece, 12);
    expect(found.bins.map(({ n }) => n)).toEqual(counts);
  });

  it('certainty that is always right is calibrated; always wrong is off by all of it', () => {
    const certain = (right: boolean) => reliability([{ confidence: 1, right }]);
    expect([certain(true).ece, certain(false).ece]).toEqual([0, 1]);
    expect(certain(true).bins.at(-1)).toMatchObject({ high: 1, n: 1, confidence: 1, accuracy: 1 });
    expect(() => reliability([])).toThrow('at least one');
    expect(() => reliability([{ confidence: 1.2, right: true }])).toThrow('0..1, got 1.2');
  });
});
