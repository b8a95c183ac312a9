import { type Matrix, matrix, type Row } from './matrix';

/**
 * rows * M^T: every row c becomes M c. Sums in float64; the result has the type of the input.
 * @param rows flat [T, D], not written to. @param m [D, D]. @returns flat [T, D].
 * @throws RangeError if M is not square, or rows are not whole rows of its size.
 */
export function applyRowMatrix(rows: Float32Array, m: Matrix): Float32Array;
export function applyRowMatrix(rows: Float64Array, m: Matrix): Float64Array;
export function applyRowMatrix(rows: Float32Array | Float64Array, m: Matrix): Float32Array | Float64Array {
  const d = m.rows;
  if (m.cols !== d || rows.length % d !== 0) {
    throw new RangeError(`${rows.length} numbers are not rows for a ${d} x ${m.cols} matrix.`);
  }
  const out = rows.slice();
  for (let start = 0; start < rows.length; start += d) {
    for (let i = 0; i < d; i++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += m.data[i * d + j]! * rows[start + j]!;
      out[start + i] = sum;
    }
  }
  return out;
}

/** (1 - s) I + s M: an edit at strength s; exactly I at 0 and M at 1. @throws RangeError if M is not square. */
export function blend(m: Matrix, s: number): Matrix {
  const d = m.rows;
  if (m.cols !== d) throw new RangeError('Only a square matrix can be blended with the identity.');
  const data = m.data.map((value, at) => (at % (d + 1) === 0 ? 1 - s : 0) + s * value);
  return matrix(d, d, data);
}

/**
 * How far an edit moves rows that it should leave alone: ||M c - c|| / ||c|| of each (methods 4.3).
 * @returns one number >= 0 per row; 0 for a zero row.
 */
export function leak(m: Matrix, rows: readonly Row[]): number[] {
  return rows.map((row) => {
    const c = Float64Array.from(row);
    const moved = applyRowMatrix(c, m);
    const size = Math.hypot(...c);
    return size === 0 ? 0 : Math.hypot(...moved.map((value, k) => value - c[k]!)) / size;
  });
}
