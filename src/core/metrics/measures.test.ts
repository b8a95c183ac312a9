import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  biasI,
  biasP,
  biasW,
  deltaMulti,
  deltaToDesired,
  equalShares,
  fairnessDiscrepancy,
  fdSquaredCorrected,
  klCorrected,
  klDivergence,
  MEASURES,
  type MeasureId,
  normalisedEntropy,
  pairwiseBias,
  parityDifference,
  parityGap,
  sharesOf,
  signedRoot,
} from './index';
import { forEachOutcome, multinomialProbability } from './multinomial';

const ids = Object.keys(MEASURES) as MeasureId[];
const counts = fc
  .array(fc.integer({ min: 0, max: 200 }), { minLength: 2, maxLength: 8 })
  .filter((xs) => xs.some((x) => x > 0));
/** The upper ends of methods 7.2, for equal targets. */
const upper: Record<MeasureId, (K: number) => number> = {
  pairwise: (K) => 2 / K,
  fd: (K) => Math.sqrt(1 - 1 / K),
  delta: () => 1,
  parity: (K) => (2 * (K - 1)) / K ** 2,
  kl: (K) => Math.log(K),
  entropyLoss: () => 1,
};

describe.each(ids)('%s', (id) => {
  const of = (xs: readonly number[]) => MEASURES[id](xs, equalShares(xs.length));

  it('stays within its range, which one value only reaches and equal counts end', () => {
    fc.assert(
      fc.property(counts, (xs) => {
        expect(of(xs)).toBeGreaterThanOrEqual(0);
        expect(of(xs)).toBeLessThanOrEqual(upper[id](xs.length) + 1e-12);
      }),
    );
    for (const K of [2, 3, 4, 8]) {
      const one = [...new Array<number>(K - 1).fill(0), 9];
      expect(of(one)).toBeCloseTo(upper[id](K), 12);
      expect(of(new Array<number>(K).fill(7))).toBeCloseTo(0, 12);
    }
  });

  it('does not depend on the order of the values, nor on their total', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 2, max: 9 }), (xs, factor) => {
        expect(of(xs.toReversed())).toBeCloseTo(of(xs), 12);
        expect(of(xs.map((x) => x * factor))).toBeCloseTo(of(xs), 12);
      }),
    );
  });

  it('counts a value that nobody has', () => {
    expect(of([5, 5, 0])).toBeGreaterThan(0.05);
  });

  it('refuses to measure nobody', () => {
    expect(() => of([0, 0])).toThrow('at least one person');
    expect(() => of([-1, 2])).toThrow(RangeError);
  });
});

describe('values by hand', () => {
  it('pairwise bias of 6, 3, 1: (0.3 + 0.5 + 0.2) / 3', () => {
    expect(pairwiseBias([6, 3, 1])).toBeCloseTo(1 / 3, 12);
  });

  it('pairwise bias equals its definition over all pairs', () => {
    fc.assert(
      fc.property(counts, (xs) => {
        const f = sharesOf(xs);
        const pairs = f.flatMap((a, i) => f.slice(i + 1).map((b) => Math.abs(a - b)));
        expect(pairwiseBias(xs)).toBeCloseTo(pairs.reduce((s, v) => s + v, 0) / pairs.length, 12);
      }),
    );
  });

  it('FD of 6, 3, 1 against 0.5, 0.25, 0.25, hard and soft alike', () => {
    const expected = Math.sqrt(0.01 + 0.0025 + 0.0225);
    expect(fairnessDiscrepancy([6, 3, 1], [0.5, 0.25, 0.25])).toBeCloseTo(expected, 12);
    expect(fairnessDiscrepancy([0.6, 0.3, 0.1], [0.5, 0.25, 0.25])).toBeCloseTo(expected, 12);
    expect(() => fairnessDiscrepancy([1, 1], [1])).toThrow(RangeError);
  });

  it('Delta of two values is 2 |f - 1/2|, in both forms (methods 10.5, item 8)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), (x) => {
        const expected = 2 * Math.abs(x / 50 - 0.5);
        expect(deltaMulti([x, 50 - x])).toBeCloseTo(expected, 12);
        expect(deltaToDesired(x / 50, 0.5)).toBeCloseTo(expected, 12);
      }),
    );
  });

  it.each([
    ['nurse', 0.01, 0.98],
    ['laborer', 0.99, 0.98],
    ['doctor', 0.92, 0.84],
    ['CEO', 0.93, 0.86],
  ])('Delta of %s in the published UCE table (methods 10.5, item 10)', (_, male, expected) => {
    expect(deltaToDesired(male, 0.5)).toBeCloseTo(expected, 12);
  });

  it('parity gap, KL and entropy of 3, 1', () => {
    expect(parityGap([3, 1])).toBeCloseTo(0.25, 12);
    expect(klDivergence([3, 1], [0.5, 0.5])).toBeCloseTo(0.75 * Math.log(1.5) + 0.25 * Math.log(0.5), 12);
    expect(klCorrected([3, 1], [0.5, 0.5])).toBeCloseTo(klDivergence([3, 1], [0.5, 0.5]) - 1 / 8, 12);
    expect(normalisedEntropy([3, 1])).toBeCloseTo(0.811278, 6);
    expect(klDivergence([1, 1], [1, 0])).toBe(Number.POSITIVE_INFINITY);
    expect(klDivergence([4, 0], [1, 0])).toBe(0);
    expect(() => klDivergence([1, 1], [1])).toThrow(RangeError);
  });

  it('SPD of 8 of 10 against 3 of 12', () => {
    expect(parityDifference({ hits: 8, n: 10 }, { hits: 3, n: 12 })).toBeCloseTo(0.55, 12);
    expect(parityDifference({ hits: 0, n: 2 }, { hits: 2, n: 2 })).toBe(1);
    expect(() => parityDifference({ hits: 0, n: 0 }, { hits: 1, n: 2 })).toThrow(RangeError);
  });

  it('one value is no distribution, and nothing wanted is no target', () => {
    expect(() => pairwiseBias([3])).toThrow(RangeError);
    expect(() => deltaMulti([3])).toThrow(RangeError);
    expect(() => normalisedEntropy([3])).toThrow(RangeError);
    expect(() => deltaToDesired(0.5, 0)).toThrow(RangeError);
  });
});

describe('corrected FD squared', () => {
  it('has the true FD squared as its mean, over all outcomes of 6 persons', () => {
    const [truth, target] = [[0.6, 0.3, 0.1], equalShares(3)];
    let mean = 0;
    forEachOutcome(6, 3, (xs) => {
      mean += multinomialProbability(xs, truth) * fdSquaredCorrected(xs, target)!;
    });
    expect(mean).toBeCloseTo(fairnessDiscrepancy(truth, target) ** 2, 12);
  });

  it('needs two persons, and shows its sign as a root', () => {
    expect(fdSquaredCorrected([1, 0], [0.5, 0.5])).toBeUndefined();
    expect(signedRoot(fdSquaredCorrected([5, 5], [0.5, 0.5])!)).toBeCloseTo(-Math.sqrt(0.5 / 9), 12);
    expect(signedRoot(0.04)).toBeCloseTo(0.2, 12);
  });
});

describe('Bias-W, Bias-P, Bias-I', () => {
  const images = [
    { prompt: 'doctor', counts: [2, 0] },
    { prompt: 'doctor', counts: [1, 0] },
    { prompt: 'nurse', counts: [0, 2] },
    { prompt: 'nurse', counts: [1, 1] },
    { prompt: 'chef', counts: [0, 0] },
  ];

  it('pool all, average prompts, average images of at least two', () => {
    expect(biasW(images)).toBeCloseTo(1 / 7, 12); // 4 against 3
    expect(biasW([{ prompt: 'chef', counts: [1, 0] }])).toBe(1);
    expect(biasP(images)).toBeCloseTo((1 + 0.5) / 2, 12); // 3:0 and 1:3
    expect(biasI(images)).toBeCloseTo((1 + 1 + 0) / 3, 12);
  });

  it('are undefined where nothing can be averaged', () => {
    expect(biasW([])).toBeUndefined();
    expect(biasP([{ prompt: 'a', counts: [0, 0] }])).toBeUndefined();
    expect(biasI([{ prompt: 'a', counts: [1, 0] }])).toBeUndefined();
  });
});
