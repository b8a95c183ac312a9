import { addCombination } from './kernels';
import { fromRows, identity, type Matrix, matrix, type Row, timesTransposed } from './matrix';

const MAX_SWEEPS = 60;

export interface Eigen {
  /** Falling, length m. */
  readonly values: Float64Array;
  /** [m, m]; row k is the unit eigenvector of values[k]. */
  readonly vectors: Matrix;
}

/**
 * Eigenvalues and vectors of a small symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, section 8.5).
 * @param a [m, m], symmetric. @throws RangeError if a is not square or not finite.
 */
export function symmetricEigen(a: Matrix): Eigen {
  const m = a.rows;
  if (a.cols !== m || !a.data.every(Number.isFinite)) {
    throw new RangeError('Eigenvectors need a square matrix of finite numbers.');
  }
  const work = matrix(m, m, a.data.slice());
  const vectors = identity(m);
  const scale = Math.hypot(...work.data);
  for (let sweep = 0; sweep < MAX_SWEEPS && offDiagonal(work) > 1e-15 * scale; sweep++) {
    for (let p = 0; p < m; p++) {
      for (let q = p + 1; q < m; q++) rotate(work, vectors, p, q);
    }
  }
  const order = Array.from({ length: m }, (_, i) => i).sort(
    (i, j) => work.data[j * m + j]! - work.data[i * m + i]!,
  );
  return {
    values: Float64Array.from(order, (i) => work.data[i * m + i]!),
    vectors: fromRows(order.map((i) => vectors.data.subarray(i * m, (i + 1) * m))),
  };
}

/**
 * The principal directions of a few long vectors: u_k s_k of their singular value decomposition, strongest first. They
 * span what matters of the vectors, and keep sum d d^T up to what is cut.
 * @param vectors m vectors of one length. @param cut drop singular values below cut * the largest, 0 .. 1 (methods 4.3: 0.05).
 * @returns at most m orthogonal vectors; none if all vectors are 0.
 * @throws RangeError if there are no vectors, or they are not equally long.
 */
export function principalVectors(vectors: readonly Row[], cut: number): Float64Array[] {
  const d = fromRows(vectors);
  const { values, vectors: v } = symmetricEigen(timesTransposed(d, d));
  const largest = Math.sqrt(Math.max(0, values[0]!));
  // Squaring in the Gram matrix loses half the digits: below 1e-7 of the largest, a singular value is rounding noise.
  const least = largest * Math.max(cut, 1e-7);
  const out: Float64Array[] = [];
  values.forEach((value, k) => {
    if (largest === 0 || Math.sqrt(Math.max(0, value)) < least) return;
    const column = new Float64Array(d.cols);
    addCombination(column, 0, v.data, k * d.rows, 1, d);
    out.push(column);
  });
  return out;
}

function offDiagonal({ rows: m, data }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < i; j++) sum += 2 * data[i * m + j]! ** 2;
  }
  return Math.sqrt(sum);
}

/** One Jacobi rotation that zeroes entry (p, q); the rows of `vectors` follow. */
function rotate(work: Matrix, vectors: Matrix, p: number, q: number): void {
  const m = work.rows;
  const a = work.data;
  const pivot = a[p * m + q]!;
  if (pivot === 0) return;
  const theta = (a[q * m + q]! - a[p * m + p]!) / (2 * pivot);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < m; k++) turn(a, k * m + p, k * m + q, c, s);
  for (let k = 0; k < m; k++) {
    turn(a, p * m + k, q * m + k, c, s);
    turn(vectors.data, p * m + k, q * m + k, c, s);
  }
}

function turn(data: Float64Array, i: number, j: number, c: number, s: number): void {
  const x = data[i]!;
  const y = data[j]!;
  data[i] = c * x - s * y;
  data[j] = s * x + c * y;
}
