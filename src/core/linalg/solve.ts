import { identity, type Matrix, matrix } from './matrix';

/**
 * X with A X = B, for a small general square A (Gaussian elimination with partial pivoting).
 * @param a [n, n] @param b [n, m] @returns [n, m]
 * @throws RangeError if the shapes do not fit, or A is singular to working precision.
 */
export function solve(a: Matrix, b: Matrix): Matrix {
  const n = a.rows;
  const m = b.cols;
  if (a.cols !== n || b.rows !== n) {
    throw new RangeError(`Cannot solve a ${n} x ${a.cols} system for ${b.rows} rows.`);
  }
  const left = a.data.slice();
  const right = b.data.slice();
  const smallest = n * Number.EPSILON * left.reduce((largest, v) => Math.max(largest, Math.abs(v)), 0);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(left[i * n + k]!) > Math.abs(left[pivot * n + k]!)) pivot = i;
    }
    const top = left[pivot * n + k]!;
    if (!(Math.abs(top) > smallest)) throw new RangeError('The matrix is singular.');
    swapRows(left, n, k, pivot);
    swapRows(right, m, k, pivot);
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = -left[i * n + k]! / top;
      addRow(left, n, i, k, factor);
      addRow(right, m, i, k, factor);
    }
  }
  return matrix(
    n,
    m,
    right.map((value, at) => value / left[Math.floor(at / m) * (n + 1)]!),
  );
}

/** A^-1 of a small square matrix. @throws RangeError if it is not square, or singular. */
export function inverse(a: Matrix): Matrix {
  return solve(a, identity(a.rows));
}

function swapRows(data: Float64Array, width: number, i: number, j: number): void {
  if (i === j) return;
  const kept = data.slice(i * width, (i + 1) * width);
  data.copyWithin(i * width, j * width, (j + 1) * width);
  data.set(kept, j * width);
}

/** Row i += factor * row k. */
function addRow(data: Float64Array, width: number, i: number, k: number, factor: number): void {
  for (let j = 0; j < width; j++) data[i * width + j]! += factor * data[k * width + j]!;
}
