import { expect } from 'vitest';
import { createPrng } from '../rng';
import { type Matrix, matrix } from './matrix';

/** Entries uniform in -1 .. 1. */
export function randomMatrix(rows: number, cols: number, seed: number): Matrix {
  const { uniform } = createPrng(seed);
  return matrix(
    rows,
    cols,
    Float64Array.from({ length: rows * cols }, () => 2 * uniform() - 1),
  );
}

/** One expectation for all entries: the largest difference stays under a tolerance. */
export function expectNear(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const worst = Array.from(actual).reduce((most, v, i) => Math.max(most, Math.abs(v - expected[i]!)), 0);
  expect(worst).toBeLessThan(tolerance);
}
