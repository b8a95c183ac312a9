import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttributeInfo, PersonReading } from '../../workers/protocol';
import { addImage, emptyTally } from '../studio/run/tally';
import { equalTarget } from '../studio/targets';
import { effectiveN } from './effective';
import { measureIntervals } from './posterior';
import { summarise } from './summary';

const GENDER: AttributeInfo = {
  id: 'gender',
  title: 'Gender presentation',
  values: [
    { id: 'woman', title: 'Woman' },
    { id: 'man', title: 'Man' },
  ],
  unclearBelow: 0.7,
};

const person = (p: number): PersonReading => ({
  box: [0, 0, 1, 1],
  score: 1,
  attributes: { gender: [p, 1 - p] },
});
const tallyOf = (images: readonly (readonly number[])[]) =>
  images.reduce((tally, people) => addImage(tally, people.map(person), [GENDER]), emptyTally([GENDER]));
const measureInterval = (counts: readonly number[], measure: (shares: readonly number[]) => number) =>
  measureIntervals(counts, [measure])[0]!;
const times = <T>(n: number, value: T): T[] => new Array<T>(n).fill(value);

describe('the summary of a lane', () => {
  it('gives shares with Wilson intervals for two values (n = 100, half: half-width .096, methods 7.4)', () => {
    const { rows, n, interval } = summarise(GENDER, tallyOf([...times(50, [1]), ...times(50, [0])]), null);
    expect([n, interval]).toEqual([100, 'Wilson']);
    expect(rows.map(({ share }) => share)).toEqual([0.5, 0.5]);
    expect((rows[0]!.high - rows[0]!.low) / 2).toBeCloseTo(0.096, 3);
  });

  it('gives every bias number with n, interval and floor (floor of n = 10: .246, methods 7.3)', () => {
    const { biasW, fd } = summarise(
      GENDER,
      tallyOf([...times(8, [0]), ...times(2, [1])]),
      equalTarget(GENDER),
    );
    expect(biasW?.value).toBeCloseTo(0.6, 10);
    expect(biasW?.floor).toBeCloseTo(0.246, 3);
    expect(biasW!.low).toBeLessThan(0.6);
    expect(biasW!.high).toBeGreaterThan(0.6);
    expect(fd?.value).toBeCloseTo(Math.hypot(0.3, 0.3), 10);
    expect(fd?.max).toBeCloseTo(Math.SQRT1_2, 10);
  });

  it('has no bias number without a target or without a reading', () => {
    expect(summarise(GENDER, tallyOf([[1]]), null).biasW).toBeNull();
    expect(summarise(GENDER, tallyOf([[]]), equalTarget(GENDER)).biasW).toBeNull();
  });

  it('counts what could not be read', () => {
    const { coverage } = summarise(GENDER, tallyOf([[1, 0.5], [], [0.6]]), null);
    expect(coverage).toEqual({ images: 3, imagesWithoutPeople: 1, persons: 3, read: 1, unclear: 2 });
  });
});

describe('people who share an image', () => {
  const effective = (images: readonly (readonly number[])[]) =>
    effectiveN(tallyOf(images).attributes.gender!);

  it('count in full when every image shows one person', () => {
    expect(effective([...times(7, [1]), ...times(13, [0])])).toBeCloseTo(20, 10);
  });

  it('count once per image when they are always alike', () => {
    expect(effective([...times(10, [1, 1, 1]), ...times(10, [0, 0, 0])])).toBeCloseTo(20, 10);
    expect(effective(times(10, [1, 1, 1]))).toBe(10);
  });

  it('never count for more than they are', () => {
    expect(effective(times(10, [1, 0]))).toBe(20);
  });
});

describe('the credible interval of a measure', () => {
  it('of one share is the shortest of Beta(x + 1/2, n - x + 1/2): 8 of 10 gives .538 to .977 (scipy)', () => {
    const { low, high } = measureInterval([8, 2], (shares) => shares[0]!);
    // 800 draws: the ends of a shortest interval are good to some .03.
    expect(Math.abs(low - 0.538)).toBeLessThan(0.035);
    expect(Math.abs(high - 0.977)).toBeLessThan(0.035);
  });

  it('holds the measure of the counts themselves, also a bias of 0', () => {
    expect(measureInterval([16, 16], (shares) => Math.abs(shares[0]! - shares[1]!)).low).toBe(0);
    const counts = fc
      .array(fc.nat(40), { minLength: 2, maxLength: 5 })
      .filter((list) => list.some((c) => c > 0));
    fc.assert(
      fc.property(counts, (list) => {
        const largest = (shares: readonly number[]) => Math.max(...shares) - 1 / list.length;
        const total = list.reduce((a, b) => a + b, 0);
        const own = largest(list.map((count) => count / total));
        const { low, high } = measureInterval(list, largest);
        expect(low).toBeLessThanOrEqual(own);
        expect(high).toBeGreaterThanOrEqual(own);
      }),
      { numRuns: 40 },
    );
  });

  it('is not a point when everybody has one value', () => {
    const { low, high } = measureInterval([10, 0], (shares) => shares[0]!);
    expect(low).toBeLessThan(0.9);
    expect(high).toBeLessThanOrEqual(1);
  });

  it('is the same every time', () => {
    const spread = () => measureInterval([3, 4, 5], (shares) => Math.max(...shares));
    expect(spread()).toEqual(spread());
  });
});
