import { solveSpd } from './cholesky';
import { principalVectors } from './eigen';
import {
  fromRows,
  identity,
  type Matrix,
  matrix,
  multiply,
  type Row,
  timesTransposed,
  transpose,
} from './matrix';

/** One wish: what W did to `to`, it shall do to `from`. */
export interface EditPair {
  readonly from: Row;
  readonly to: Row;
}

/**
 * The matrix M that stands for a closed-form edit of every cross-attention weight (methods section 2): W_new = W_old M, so
 * the text rows can be mapped instead, `applyRowMatrix(rows, M)`. Serves TIME, UCE and MIST.
 *
 * M = (lambda I + sum to from^T + sum p p^T) (lambda I + sum from from^T + sum p p^T)^-1
 *   = I + (To - From) [(G + lambda I)^-1 [From | P]^T]_first rows,   G the Gram matrix of [From | P],
 *
 * which needs only a system as small as the number of vectors, whatever the embedding size.
 * @param pairs rows of length D; an empty list gives the identity. @param preserve rows p that shall stay where they are.
 * @param lambda > 0, how strongly W stays near W_old; in units of a squared row.
 * @returns [D, D]
 * @throws RangeError if lambda is not positive, rows differ in length, or there is no row at all to tell D from.
 */
export function editMatrix(pairs: readonly EditPair[], preserve: readonly Row[], lambda: number): Matrix {
  if (!(lambda > 0) || !Number.isFinite(lambda)) {
    throw new RangeError(`The regulariser lambda of an edit must be a positive number, got ${lambda}.`);
  }
  const known = fromRows([...pairs.map((pair) => pair.from), ...preserve]);
  const d = known.cols;
  if (pairs.length === 0) return identity(d);
  const shifts = fromRows(pairs.map(({ from, to }) => minus(to, from)));

  const gram = timesTransposed(known, known);
  const firsts = matrix(known.rows, pairs.length);
  for (let i = 0; i < known.rows; i++) gram.data[i * known.rows + i]! += lambda;
  for (let k = 0; k < pairs.length; k++) firsts.data[k * pairs.length + k] = 1;
  const weights = multiply(transpose(solveSpd(gram, firsts)), known);

  const m = multiply(transpose(shifts), weights);
  for (let i = 0; i < d; i++) m.data[i * d + i]! += 1;
  return m;
}

/** One concept whose guidance prompts shall become as near to it as each other; EOS rows (methods 4.3). */
export interface Concept {
  readonly source: Row;
  readonly guidance: readonly Row[];
}

/**
 * MIST, null mode (arXiv 2403.19738, objective as in methods 4.3; closed form derived there): removes the directions from
 * a source to its guidances. As rho -> 0 source and guidances meet in one point.
 * @param source EOS row of the plain prompt, length D. @param guidance EOS rows of the prompts with an attribute.
 * @param rho lambda / mean ||source - guidance||^2, > 0; default in the studio 1e-2.
 * @returns P [D, D], symmetric if nothing is preserved; the identity if every guidance equals its source.
 * @throws RangeError if rho is not positive, a list is empty, or rows differ in length.
 */
export function mistNull(
  source: Row,
  guidance: readonly Row[],
  rho: number,
  preserve: readonly Row[] = [],
): Matrix {
  return mistNullAll([{ source, guidance }], rho, preserve, 0);
}

/**
 * `mistNull` for several concepts in one solve, so that their order does not matter (ours, methods 4.3).
 * @param cut directions weaker than cut * the strongest are dropped, 0 .. 1, so that nearly opposite ones do not blow up.
 */
export function mistNullAll(
  concepts: readonly Concept[],
  rho: number,
  preserve: readonly Row[] = [],
  cut = 0.05,
): Matrix {
  checkRho(rho);
  const differences = concepts.flatMap(({ source, guidance }) => guidance.map((row) => minus(source, row)));
  if (differences.length === 0) throw new RangeError('MIST needs at least one guidance row.');
  const d = differences[0]!.length;
  const meanSquare = differences.reduce((sum, row) => sum + squaredNorm(row), 0) / differences.length;
  if (meanSquare === 0) return identity(d);
  const kept = cut > 0 ? principalVectors(differences, cut) : differences;
  const nothing = new Float64Array(d);
  return editMatrix(
    kept.map((from) => ({ from, to: nothing })),
    preserve,
    rho * meanSquare,
  );
}

/**
 * MIST, target mode (ours, methods 4.3): sends the source to one guidance, M = I + (c_g - c_s) c_s^T / (lambda + ||c_s||^2)
 * where nothing is preserved. Leaks into every row that has a part along the source: give it a preserve set.
 * @param rho lambda / ||source||^2, > 0. @returns [D, D]; the identity if guidance equals source, or source is 0.
 * @throws RangeError if rho is not positive, or rows differ in length.
 */
export function mistTarget(source: Row, guidance: Row, rho: number, preserve: readonly Row[] = []): Matrix {
  checkRho(rho);
  const from = Float64Array.from(source);
  const size = squaredNorm(from);
  if (size === 0) return identity(from.length);
  return editMatrix([{ from, to: guidance }], preserve, rho * size);
}

function checkRho(rho: number): void {
  if (!(rho > 0) || !Number.isFinite(rho)) {
    throw new RangeError(`The softness rho of MIST must be a positive number, got ${rho}.`);
  }
}

function minus(a: Row, b: Row): Float64Array {
  if (a.length !== b.length) throw new RangeError(`Rows differ in length: ${a.length} and ${b.length}.`);
  return Float64Array.from(a, (value, k) => value - b[k]!);
}

function squaredNorm(row: Float64Array): number {
  return row.reduce((sum, value) => sum + value * value, 0);
}
