import { addCombination, dot } from './kernels';

/** A dense row-major float64 matrix. */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  /** length rows * cols; entry (i, j) at i * cols + j. */
  readonly data: Float64Array;
}

/** A vector given by anything that counts: a row of a Float32Array of embeddings, a plain list. */
export type Row = ArrayLike<number>;

/** @param data rows * cols numbers, taken over without a copy; zeros if absent. @throws RangeError if the length does not fit. */
export function matrix(
  rows: number,
  cols: number,
  data: Float64Array = new Float64Array(rows * cols),
): Matrix {
  if (data.length !== rows * cols) {
    throw new RangeError(`A ${rows} x ${cols} matrix needs ${rows * cols} numbers, got ${data.length}.`);
  }
  return { rows, cols, data };
}

/** The matrix whose rows are these vectors. @throws RangeError if there are none, or they are not equally long. */
export function fromRows(vectors: readonly Row[]): Matrix {
  const cols = vectors[0]?.length ?? 0;
  if (cols === 0 || vectors.some((row) => row.length !== cols)) {
    throw new RangeError('A matrix needs at least one row, and rows of one length.');
  }
  const out = matrix(vectors.length, cols);
  vectors.forEach((row, i) => {
    out.data.set(row, i * cols);
  });
  return out;
}

export function identity(n: number): Matrix {
  const out = matrix(n, n);
  for (let i = 0; i < n; i++) out.data[i * n + i] = 1;
  return out;
}

export function transpose({ rows, cols, data }: Matrix): Matrix {
  const out = matrix(cols, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++) out.data[j * rows + i] = data[i * cols + j]!;
  }
  return out;
}

/** A B^T, by dot products of rows. @param a [m, k] @param b [n, k] @returns [m, n] @throws RangeError if k differs. */
export function timesTransposed(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.cols) throw new RangeError(`Cannot multiply rows of ${a.cols} with rows of ${b.cols}.`);
  const out = matrix(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      out.data[i * b.rows + j] = dot(a.data, i * a.cols, b.data, j * b.cols, a.cols);
    }
  }
  return out;
}

/** A B. @param a [m, k] @param b [k, n] @returns [m, n] @throws RangeError if k differs. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.rows) throw new RangeError(`Cannot multiply ${a.cols} columns with ${b.rows} rows.`);
  const out = matrix(a.rows, b.cols);
  for (let i = 0; i < a.rows; i++) {
    addCombination(out.data, i * b.cols, a.data, i * a.cols, 1, b);
  }
  return out;
}
