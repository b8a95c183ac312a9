import { addCombination, dot } from './kernels';
import { type Matrix, matrix } from './matrix';

/**
 * X with A X = B, for symmetric positive definite A. All inner loops run along rows, so that 768 unknowns with 768
 * right-hand sides stay under a second.
 * @param a [n, n]; only its lower triangle is read. @param b [n, m]. @returns [n, m].
 * @throws RangeError if the shapes do not fit, or A is not positive definite to working precision.
 */
export function solveSpd(a: Matrix, b: Matrix): Matrix {
  const n = a.rows;
  if (a.cols !== n || b.rows !== n) {
    throw new RangeError(`Cannot solve a ${n} x ${a.cols} system for ${b.rows} rows.`);
  }
  const lower = cholesky(a);
  const x = matrix(n, b.cols, b.data.slice());
  const m = b.cols;
  for (let i = 0; i < n; i++) {
    addCombination(x.data, i * m, lower, i * n, 1, x, -1, 0, i);
    divide(x.data, i * m, m, lower[i * n + i]!);
  }
  for (let i = n - 1; i >= 0; i--) {
    addCombination(x.data, i * m, lower, i, n, x, -1, i + 1, n);
    divide(x.data, i * m, m, lower[i * n + i]!);
  }
  return x;
}

/** The lower triangle L with A = L L^T, row-major, zeros above. */
function cholesky({ rows: n, data }: Matrix): Float64Array {
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const rest = data[i * n + j]! - dot(lower, i * n, lower, j * n, j);
      if (i > j) {
        lower[i * n + j] = rest / lower[j * n + j]!;
      } else if (rest > 0) {
        lower[i * n + i] = Math.sqrt(rest);
      } else {
        throw new RangeError(`The matrix is not positive definite: pivot ${i} is ${rest}.`);
      }
    }
  }
  return lower;
}

function divide(data: Float64Array, start: number, length: number, by: number): void {
  for (let k = start; k < start + length; k++) data[k]! /= by;
}
