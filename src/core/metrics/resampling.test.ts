import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrng } from '../rng';
import { biasI, biasW, bootstrap, crossTable, effectiveSize, intraclassRho, wilson } from './index';

interface Image {
  readonly prompt: string;
  readonly hit: number;
}
const promptOf = (image: { readonly prompt: string }) => image.prompt;
const share = (sample: readonly Image[]) => sample.reduce((sum, image) => sum + image.hit, 0) / sample.length;
const images = (prompt: string, hits: number, n: number): Image[] =>
  Array.from({ length: n }, (_, i) => ({ prompt, hit: i < hits ? 1 : 0 }));

describe('bootstrap', () => {
  it('of a share of 30 in 100 agrees with Wilson within 0.02', () => {
    const { low, high } = bootstrap(images('a', 30, 100), share, { promptOf })!;
    const expected = wilson(30, 100);
    expect(Math.abs(low - expected.low)).toBeLessThan(0.02);
    expect(Math.abs(high - expected.high)).toBeLessThan(0.02);
  });

  it('repeats for a seed, differs between seeds, and widens with the level', () => {
    const of = (seed: number, level = 0.95) =>
      bootstrap(images('a', 7, 23), share, { promptOf, seed, level, resamples: 501 })!;
    expect(of(1)).toEqual(of(1));
    expect([1, 2, 3, 4, 5].map((s) => of(s).low + 2 * of(s).high).some((v, _, all) => v !== all[0])).toBe(
      true,
    );
    expect(of(1, 0.5).high - of(1, 0.5).low).toBeLessThan(of(1).high - of(1).low);
  });

  it('keeps the number of images of each prompt, unless prompts are resampled too', () => {
    const extremes = [...images('always', 10, 10), ...images('never', 0, 10)];
    expect(bootstrap(extremes, share, { promptOf, resamples: 50 })).toEqual({ low: 0.5, high: 0.5 });
    expect(bootstrap(extremes, share, { promptOf, resamples: 200, prompts: true })).toEqual({
      low: 0,
      high: 1,
    });
  });

  it('takes percentiles as numpy does: of 0 .. 100 at 90 % they are 5 and 95, at 85 % 7.5 and 92.5', () => {
    const rising = () => {
      let next = 0;
      return () => next++;
    };
    const of = (level: number) =>
      bootstrap(images('a', 1, 2), rising(), { promptOf, resamples: 101, level })!;
    expect(of(0.9).low).toBeCloseTo(5, 9);
    expect(of(0.9).high).toBeCloseTo(95, 9);
    expect(of(0.85).low).toBeCloseTo(7.5, 9);
    expect(of(0.85).high).toBeCloseTo(92.5, 9);
  });

  it('of Bias-W holds the measured value; of a measure that does not apply, there is none', () => {
    const read = Array.from({ length: 40 }, (_, i) => ({
      prompt: `p${i % 4}`,
      counts: i % 5 === 0 ? [0, 1] : [1, 0],
    }));
    const { low, high } = bootstrap(read, biasW, { promptOf, resamples: 400 })!;
    expect(low).toBeLessThanOrEqual(biasW(read)!);
    expect(high).toBeGreaterThanOrEqual(biasW(read)!);
    expect(bootstrap(read, biasI, { promptOf, resamples: 50 })).toBeUndefined();
    expect(() => bootstrap([], biasW, { promptOf })).toThrow(RangeError);
  });
});

describe('effective size', () => {
  it('n / (1 + (m - 1) rho) by hand, and between n and the number of images', () => {
    expect(effectiveSize([4, 4, 4], 0.5)).toBeCloseTo(12 / 2.5, 12);
    expect(effectiveSize([4, 4, 4], 0)).toBe(12);
    expect(effectiveSize([4, 4, 4], 1)).toBe(3);
    expect(effectiveSize([1, 1, 1], 0.9)).toBe(3);
    expect(effectiveSize([2, 4], 0.5)).toBeCloseTo(6 / (1 + (20 / 6 - 1) / 2), 12);
    expect(effectiveSize([], 0.5)).toBe(0);
    expect(() => effectiveSize([4, 4], -0.5)).toThrow(RangeError);
  });

  it('rho is 1 where images are all of one kind, -1/(m-1) where each is balanced, near 0 where persons are drawn apart', () => {
    expect(
      intraclassRho([
        { hits: 3, n: 3 },
        { hits: 0, n: 3 },
        { hits: 3, n: 3 },
      ]),
    ).toBeCloseTo(1, 12);
    expect(
      intraclassRho([
        { hits: 2, n: 4 },
        { hits: 2, n: 4 },
      ]),
    ).toBeCloseTo(-1 / 3, 12);
    const { uniform } = createPrng(9);
    const apart = Array.from({ length: 3000 }, () => ({
      n: 4,
      hits: [0, 0, 0, 0].filter(() => uniform() < 0.4).length,
    }));
    expect(Math.abs(intraclassRho(apart)!)).toBeLessThan(0.03);
  });

  it('rho by hand: 2 of 2, 1 of 2, 0 of 2 has mean squares 0.5 and 1/6', () => {
    expect(
      intraclassRho([
        { hits: 2, n: 2 },
        { hits: 1, n: 2 },
        { hits: 0, n: 2 },
      ]),
    ).toBeCloseTo((0.5 - 1 / 6) / (0.5 + 1 / 6), 12);
  });

  it('rho is unknown without an image of two, without two images, or without any difference', () => {
    expect(
      intraclassRho([
        { hits: 1, n: 1 },
        { hits: 0, n: 1 },
      ]),
    ).toBeUndefined();
    expect(intraclassRho([{ hits: 1, n: 3 }])).toBeUndefined();
    expect(
      intraclassRho([
        { hits: 2, n: 2 },
        { hits: 2, n: 2 },
      ]),
    ).toBeUndefined();
  });
});

describe('crossTable', () => {
  const sure = (value: number, K: number) => Array.from({ length: K }, (_, k) => (k === value ? 1 : 0));

  it('counts persons clear in both, the others apart', () => {
    const table = crossTable(
      [sure(0, 2), sure(1, 2), sure(1, 2), [0.5, 0.5]],
      [sure(2, 3), sure(0, 3), [0.4, 0.3, 0.3], sure(0, 3)],
      2,
      3,
    );
    expect(table).toEqual({
      counts: [
        [0, 0, 1],
        [1, 0, 0],
      ],
      cells: [0, 0, 1, 1, 0, 0],
      rowTotals: [1, 1],
      columnTotals: [1, 0, 1],
      n: 2,
      unclear: 2,
    });
    expect(() => crossTable([sure(0, 2)], [], 2, 3)).toThrow(RangeError);
    expect(() => crossTable([sure(0, 2)], [sure(0, 2)], 2, 3)).toThrow(RangeError);
  });

  it('its totals agree', () => {
    const person = fc.tuple(fc.nat(1), fc.nat(3));
    fc.assert(
      fc.property(fc.array(person), (people) => {
        const table = crossTable(
          people.map(([a]) => sure(a, 2)),
          people.map(([, b]) => sure(b, 4)),
          2,
          4,
        );
        const sum = (xs: readonly number[]) => xs.reduce((total, x) => total + x, 0);
        expect([sum(table.rowTotals), sum(table.columnTotals), sum(table.cells)]).toEqual([
          people.length,
          people.length,
          people.length,
        ]);
      }),
    );
  });
});
