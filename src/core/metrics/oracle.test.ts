import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { binomialTest, chiSquareFit } from './fit-test';
import { goodman, holm, mcNemar, type PairedTable, psnr, ssim, stuartMaxwell, wilson } from './index';
import { chiSquareTail, logGamma, normalQuantile } from './special';

interface Golden {
  readonly chiSquareTail: readonly (readonly [number, number, number])[];
  readonly normalQuantile: readonly (readonly [number, number])[];
  readonly logGamma: readonly (readonly [number, number])[];
  readonly wilson: readonly (readonly [number, number, number, number, number])[];
  readonly goodman: readonly (readonly [readonly number[], readonly (readonly [number, number])[]])[];
  readonly binomial: readonly (readonly [number, number, number, number])[];
  readonly chiSquare: readonly (readonly [readonly number[], readonly number[], number, number])[];
  readonly mcNemar: readonly (readonly [number, number, number, number])[];
  readonly stuartMaxwell: readonly (readonly [PairedTable, number, number, number])[];
  readonly holm: readonly [readonly number[], readonly number[]];
  readonly similarity: readonly {
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 3;
    readonly a: readonly number[];
    readonly b: readonly number[];
    readonly psnr: number;
    readonly ssim: number;
  }[];
}
const golden: Golden = JSON.parse(readFileSync(new URL('./golden/metrics.json', import.meta.url), 'utf8'));

function near(actual: number, expected: number, tolerance = 1e-10): void {
  expect(Math.abs(actual - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(tolerance);
}

describe('special functions equal scipy', () => {
  it.each(golden.chiSquareTail)('chi-square tail at %f with %i degrees of freedom', (x, df, tail) => {
    near(chiSquareTail(x, df), tail);
    expect(chiSquareTail(x, df) / tail).toBeCloseTo(1, 9);
  });
  it.each(golden.normalQuantile)('normal quantile of %f', (p, z) => near(normalQuantile(p), z));
  it.each(golden.logGamma)('log gamma of %f', (x, value) => near(logGamma(x), value, 1e-12));
  it('at the ends', () => {
    expect(chiSquareTail(0, 3)).toBe(1);
    expect(() => normalQuantile(0)).toThrow(RangeError);
    expect(() => normalQuantile(1)).toThrow(RangeError);
  });
});

describe('intervals equal statsmodels', () => {
  it.each(golden.wilson)('Wilson of %i in %i at %f', (x, n, level, low, high) => {
    near(wilson(x, n, level).low, low);
    near(wilson(x, n, level).high, high);
  });
  it.each(golden.goodman)('Goodman of %j', (counts, bounds) => {
    goodman(counts).forEach(({ low, high }, k) => {
      near(low, bounds[k]![0]);
      near(high, bounds[k]![1]);
    });
  });
});

describe('tests equal scipy and statsmodels', () => {
  it.each(golden.binomial)('binomial test of %i in %i against %f', (x, n, p, value) =>
    near(binomialTest(x, n, p), value),
  );
  it.each(golden.chiSquare)('chi-square of %j', (counts, target, statistic, p) => {
    const found = chiSquareFit(counts, target);
    near(found.statistic, statistic);
    near(found.p, p);
  });
  it.each(golden.mcNemar)('McNemar of %i and %i changes', (b, c, exact, midP) => {
    near(mcNemar(b, c).exact, exact);
    near(mcNemar(b, c).midP, midP);
  });
  it.each(golden.stuartMaxwell)('Stuart-Maxwell of %j', (table, statistic, df, p) => {
    const found = stuartMaxwell(table);
    near(found.statistic, statistic);
    expect(found.df).toBe(df);
    near(found.p, p);
  });
  it('Holm', () => {
    holm(golden.holm[0]).forEach((p, k) => {
      near(p, golden.holm[1][k]!);
    });
  });
});

describe('image similarity equals skimage', () => {
  it.each(golden.similarity)('$channels channels', ({ width, height, channels, a, b, ...expected }) => {
    const [x, y] = [a, b].map((data) => ({ data, width, height, channels }));
    near(psnr(x!, y!)!, expected.psnr);
    near(ssim(x!, y!), expected.ssim);
  });
});
