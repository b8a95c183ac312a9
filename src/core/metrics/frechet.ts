import { fromRows, type Matrix, matrix, multiply, type Row, symmetricEigen, transpose } from '../linalg';

/**
 * Squared Fréchet distance between the normal distributions that two sets of feature vectors suggest:
 * |m_a - m_b|^2 + tr(A + B - 2 (A B)^(1/2)), with covariances over n - 1 (Dowson and Landau 1982; the FID of Heusel et al. 2017
 * with any features). Biased upward for small sets: compare with the distance between two sets of the same source and size.
 * @param a n >= 2 vectors of one length. @param b m >= 2 vectors of that length. @returns >= 0.
 * @throws RangeError if a set has fewer than two vectors, or lengths differ.
 */
export function frechetDistance(a: readonly Row[], b: readonly Row[]): number {
  const [p, q] = [momentsOf(a), momentsOf(b)];
  if (p.mean.length !== q.mean.length) {
    throw new RangeError(`Features of ${p.mean.length} and ${q.mean.length} numbers cannot be compared.`);
  }
  const root = squareRoot(p.covariance);
  // (A B)^(1/2) has the eigenvalues of (A^(1/2) B A^(1/2))^(1/2), which is symmetric.
  const { values } = symmetricEigen(symmetric(multiply(multiply(root, q.covariance), root)));
  const cross = values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  const shift = p.mean.reduce((sum, m, k) => sum + (m - q.mean[k]!) ** 2, 0);
  return Math.max(0, shift + trace(p.covariance) + trace(q.covariance) - 2 * cross);
}

function momentsOf(rows: readonly Row[]): { mean: Float64Array; covariance: Matrix } {
  if (rows.length < 2) throw new RangeError('A covariance needs at least two feature vectors.');
  const centred = fromRows(rows);
  const { cols, data } = centred;
  const mean = new Float64Array(cols);
  for (let at = 0; at < data.length; at++) mean[at % cols]! += data[at]! / rows.length;
  for (let at = 0; at < data.length; at++) data[at]! -= mean[at % cols]!;
  const covariance = multiply(transpose(centred), centred);
  for (let at = 0; at < covariance.data.length; at++) covariance.data[at]! /= rows.length - 1;
  return { mean, covariance: symmetric(covariance) };
}

/** The symmetric positive square root. */
function squareRoot(a: Matrix): Matrix {
  const { values, vectors } = symmetricEigen(a);
  const scaled = matrix(a.rows, a.cols, vectors.data.slice());
  for (let at = 0; at < scaled.data.length; at++) {
    scaled.data[at]! *= Math.sqrt(Math.max(0, values[Math.floor(at / a.cols)]!));
  }
  return multiply(transpose(vectors), scaled);
}

/** Without the rounding by which entry (i, j) differs from (j, i). */
function symmetric(a: Matrix): Matrix {
  const other = transpose(a);
  return matrix(
    a.rows,
    a.cols,
    a.data.map((value, at) => (value + other.data[at]!) / 2),
  );
}

function trace({ rows, data }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += data[i * (rows + 1)]!;
  return sum;
}
