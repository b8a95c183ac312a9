import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createTorchGenerator, torchRandn } from './torch-randn';

interface Case {
  readonly seed: string;
  readonly size: number;
  readonly values?: readonly number[];
  readonly first?: readonly number[];
  readonly last?: readonly number[];
  readonly sum?: number;
  readonly sumOfSquares?: number;
  readonly weighted?: number;
}
interface Golden {
  readonly cases: readonly Case[];
  readonly sequences: readonly { readonly seed: string; readonly draws: readonly (readonly number[])[] }[];
  readonly latent: readonly number[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('./golden/randn.json', import.meta.url), 'utf8'));
const TOLERANCE = 1e-6;

function largestDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - actual[i]!)), 0);
}

describe('torchRandn draws what torch.randn draws on a CPU', () => {
  it.each(golden.cases)('seed $seed, size $size', ({ seed, size, ...expected }) => {
    const drawn = torchRandn(BigInt(seed), size);
    if (expected.values) expect(largestDifference(drawn, expected.values)).toBeLessThan(TOLERANCE);
    if (expected.first) expect(largestDifference(drawn.slice(0, 16), expected.first)).toBeLessThan(TOLERANCE);
    if (expected.last) expect(largestDifference(drawn.slice(-16), expected.last)).toBeLessThan(TOLERANCE);
    if (expected.sum !== undefined) {
      const values = Array.from(drawn);
      expect(values.reduce((a, v) => a + v, 0)).toBeCloseTo(expected.sum, 3);
      expect(values.reduce((a, v) => a + v * v, 0)).toBeCloseTo(expected.sumOfSquares!, 2);
      expect(values.reduce((a, v, i) => a + v * i, 0) / size).toBeCloseTo(expected.weighted!, 3);
    }
  });

  it('stays within 5e-7 over a whole latent, most values bit-equal', () => {
    const drawn = torchRandn(2024, golden.latent.length);
    // Measured: largest difference 2.4e-7, 84 % of the values bit-equal.
    expect(largestDifference(drawn, golden.latent)).toBeLessThan(5e-7);
    const equal = golden.latent.filter((value, i) => value === drawn[i]).length;
    expect(equal / golden.latent.length).toBeGreaterThan(0.83);
  });

  it('carries state and the cached second normal from draw to draw', () => {
    for (const { seed, draws } of golden.sequences) {
      const generator = createTorchGenerator(BigInt(seed));
      for (const expected of draws) {
        expect(largestDifference(generator.randn(expected.length), expected)).toBeLessThan(TOLERANCE);
      }
    }
  });

  it('uses the low 32 bits of a seed, as torch does', () => {
    expect(torchRandn(2 ** 32 + 42, 20)).toEqual(torchRandn(42, 20));
  });

  it('refuses what is not a seed or a count', () => {
    expect(() => torchRandn(1.5, 4)).toThrow(RangeError);
    expect(() => torchRandn(2 ** 60, 4)).toThrow('a double holds exactly');
    expect(() => torchRandn(1, -1)).toThrow(RangeError);
    expect(() => torchRandn(1, 2.5)).toThrow(RangeError);
    expect(torchRandn(1, 0)).toHaveLength(0);
  });
});
