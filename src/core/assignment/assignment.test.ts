import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrng } from '../rng';
import { createAssigner, mostLacking, productSet, seatsWithin } from './index';

const seed = fc.integer();
function targetOf(least: number, most: number): fc.Arbitrary<number[]> {
  return fc
    .array(fc.integer({ min: 0, max: 100 }), { minLength: least, maxLength: most })
    .filter((weights) => weights.some((w) => w > 0))
    .map((weights) => {
      const sum = weights.reduce((total, w) => total + w, 0);
      return weights.map((w) => w / sum);
    });
}
/** 1/2 + ... + 1/K, the bound that mostLacking proves. */
const bound = (k: number) => Array.from({ length: k - 1 }, (_, i) => 1 / (i + 2)).reduce((a, b) => a + b, 0);
/** Pairwise bias of counts, methods 7.2, written out. */
function pairwise(counts: readonly number[]): number {
  const n = counts.reduce((a, b) => a + b, 0);
  const k = counts.length;
  let sum = 0;
  for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) sum += Math.abs(counts[i]! - counts[j]!) / n;
  return (2 * sum) / (k * (k - 1));
}

describe('createAssigner, quota', () => {
  it('keeps two values within 1 of their target after every draw (methods 10.5, item 7)', () => {
    fc.assert(
      fc.property(targetOf(2, 2), seed, (target, s) => {
        const assigner = createAssigner(target, s);
        for (let n = 1; n <= 100; n++) {
          assigner.next();
          const counts = assigner.counts();
          const misses = target.map((share, a) => Math.abs(counts[a]! - n * share));
          expect(Math.max(...misses)).toBeLessThan(1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('keeps more values within the proven bounds, which are below 1 for three', () => {
    expect(bound(3)).toBeLessThan(1);
    fc.assert(
      fc.property(targetOf(3, 16), seed, (target, s) => {
        const assigner = createAssigner(target, s);
        const k = target.length;
        for (let n = 1; n <= 100; n++) {
          assigner.next();
          const counts = assigner.counts();
          target.forEach((share, a) => {
            expect(counts[a]! - n * share).toBeLessThanOrEqual(1 - 1 / k + 1e-6);
            expect(n * share - counts[a]!).toBeLessThanOrEqual(bound(k) + 1e-6);
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  it('gives 8 equal values exactly one turn each in every 8', () => {
    const assigner = createAssigner(new Array<number>(8).fill(1 / 8), 3);
    for (let round = 0; round < 5; round++) {
      const turn = Array.from({ length: 8 }, () => assigner.next());
      expect(turn.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
    expect(assigner.counts()).toEqual(new Array<number>(8).fill(5));
  });

  it('breaks ties by its seed: the first value differs between seeds, not between runs of one', () => {
    const first = (s: number) => createAssigner([0.5, 0.5], s).next();
    const firsts = Array.from({ length: 40 }, (_, s) => first(s));
    expect(new Set(firsts).size).toBe(2);
    expect(firsts).toEqual(Array.from({ length: 40 }, (_, s) => first(s)));
  });

  it('sees a tie through rounding: 0.1 + 0.2 is 0.3', () => {
    // After [1, 0, 0] of target [0.4, 0.3, 0.3] the last two lag equally; both must come up.
    const chosen = new Set(
      Array.from({ length: 40 }, (_, s) => mostLacking([0.4, 0.1 + 0.2, 0.3], [1, 0, 0], createPrng(s))),
    );
    expect(chosen).toEqual(new Set([1, 2]));
  });

  it('never gives out a value that is not wanted', () => {
    const assigner = createAssigner([0, 1, 0], 1);
    expect(Array.from({ length: 5 }, () => assigner.next())).toEqual([1, 1, 1, 1, 1]);
  });

  it('closed loop: asks for what was measured too rarely', () => {
    expect(mostLacking([0.5, 0.5], [7, 2], createPrng(0))).toBe(1);
  });
});

describe('createAssigner, iid', () => {
  it('draws with the probabilities of the target', () => {
    const assigner = createAssigner([0.2, 0, 0.8], 7, 'iid');
    for (let i = 0; i < 10000; i++) assigner.next();
    const [a, b, c] = assigner.counts();
    expect(Math.abs(a! - 2000)).toBeLessThan(160); // 4 standard deviations
    expect(b).toBe(0);
    expect(a! + c!).toBe(10000);
    expect(assigner.image(3)).toHaveLength(3);
  });
});

describe('persons of one image', () => {
  it.each([2, 4, 6])('an even group of %i is half and half', (m) => {
    const image = createAssigner([0.5, 0.5], 1).image(m);
    expect(image.filter((value) => value === 0)).toHaveLength(m / 2);
  });

  it.each([
    [2, 0.214],
    [3, 0.179],
    [4, 0.143],
    [5, 0.107],
    [6, 0.071],
  ])('%i persons of 8 intersections have pairwise bias %f (methods 4.4)', (m, expected) => {
    const seats = seatsWithin(
      new Array<number>(8).fill(1 / 8),
      m,
      new Array<number>(8).fill(0),
      createPrng(m),
    );
    expect(pairwise(seats)).toBeCloseTo(expected, 3);
  });

  it.each([
    [[0.5, 0.3, 0.2], 4, [0, 0, 0], [2, 1, 1]], // 2, 1.2, 0.8
    [[0.5, 0.3, 0.2], 7, [0, 0, 0], [4, 2, 1]], // 3.5, 2.1, 1.4
    [[0.45, 0.35, 0.2], 3, [0, 9, 9], [1, 1, 1]], // 1.35, 1.05, 0.6: the remainder decides, not the past
  ])('%j of %i persons gives the rest to the largest remainder', (target, m, before, seats) => {
    expect(seatsWithin(target, m, before, createPrng(1))).toEqual(seats);
  });

  it.each([
    [
      [3, 7],
      [0, 2],
    ], // lags 12/4 - 3 = 0 and 12 * 3/4 - 7 - 1 = 1
    [
      [2, 7],
      [1, 1],
    ], // lags 11/4 - 2 = 0.75 and 11 * 3/4 - 7 - 1 = 0.25
  ])(
    'equal remainders of 2 persons go to the value that lagged over the images before: %j',
    (before, seats) => {
      for (const s of [1, 2, 3, 4])
        expect(seatsWithin([0.25, 0.75], 2, before, createPrng(s))).toEqual(seats);
    },
  );

  it('seats are whole, sum to the group, and lie within 1 of m p', () => {
    fc.assert(
      fc.property(targetOf(1, 10), fc.integer({ min: 0, max: 12 }), seed, (target, m, s) => {
        const image = createAssigner(target, s).image(m);
        expect(image).toHaveLength(m);
        target.forEach((share, a) => {
          const seats = image.filter((value) => value === a).length;
          expect(Math.abs(seats - m * share)).toBeLessThan(1);
          if (share === 0) expect(seats).toBe(0);
        });
      }),
    );
  });

  it('what an odd group leaves over evens out across images', () => {
    const assigner = createAssigner([0.5, 0.5], 4);
    for (let i = 0; i < 20; i++) {
      assigner.image(3);
      const [a, b] = assigner.counts();
      expect(Math.abs(a! - b!)).toBeLessThanOrEqual(1);
    }
  });

  it('positions are shuffled: each value is sometimes first', () => {
    const assigner = createAssigner([0.5, 0.5], 4);
    const firsts = Array.from({ length: 30 }, () => assigner.image(2)[0]);
    expect(new Set(firsts).size).toBe(2);
  });

  it('an image has a whole number of persons', () => {
    expect(() => createAssigner([1], 0).image(1.5)).toThrow(RangeError);
    expect(createAssigner([1], 0).image(0)).toEqual([]);
  });
});

describe('targets', () => {
  it('the product set multiplies shares, last attribute fastest', () => {
    const cells = productSet([
      { attribute: 'gender', values: ['woman', 'man'], target: [0.5, 0.5] },
      { attribute: 'tone', values: ['light', 'dark'], target: [0.75, 0.25] },
    ]);
    expect(cells).toEqual([
      { values: { gender: 'woman', tone: 'light' }, share: 0.375 },
      { values: { gender: 'woman', tone: 'dark' }, share: 0.125 },
      { values: { gender: 'man', tone: 'light' }, share: 0.375 },
      { values: { gender: 'man', tone: 'dark' }, share: 0.125 },
    ]);
    expect(productSet([])).toEqual([{ values: {}, share: 1 }]);
  });

  it.each([[[]], [[0.5, 0.6]], [[1.5, -0.5]], [[Number.NaN, 1]]])('%j is refused', (target) => {
    expect(() => createAssigner(target, 0)).toThrow(RangeError);
  });

  it('values and shares must be as many', () => {
    expect(() => productSet([{ attribute: 'age', values: ['young'], target: [0.5, 0.5] }])).toThrow(
      '2 shares',
    );
  });
});
