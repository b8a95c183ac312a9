import {
  fromRows,
  type Matrix,
  matrix,
  multiply,
  solveSpd,
  timesTransposed,
  transpose,
} from '../../src/core/linalg';
import type { GroupClassifier } from './types';

/** Strength of the ridge, as a share of the mean squared length of a picture's numbers. */
const RIDGE = 0.1;

/**
 * Tells groups apart by ridge regression on one-hot labels, in closed form; solved over pictures, of which there are fewer
 * than numbers in one. @param sets pooled latents of each group; about as many in each, or the largest is favoured.
 */
export function trainClassifier(sets: readonly (readonly Float32Array[])[]): GroupClassifier {
  const rows = sets.flat();
  const inputs = rows[0]?.length ?? 0;
  const shares = sets.map((set) => set.length / rows.length);
  const mean = Float64Array.from({ length: inputs }, (_, i) =>
    rows.reduce((sum, row) => sum + row[i]! / rows.length, 0),
  );
  const centred = fromRows(rows.map((row) => Float64Array.from(row, (value, i) => value - mean[i]!)));
  const labels = fromRows(
    sets.flatMap((set, group) => set.map(() => shares.map((share, g) => (g === group ? 1 : 0) - share))),
  );
  const dual = solveSpd(withRidge(timesTransposed(centred, centred)), labels);
  const weights = multiply(transpose(centred), dual).data;
  const bias = shares.map((share, g) =>
    mean.reduce((rest, value, i) => rest - value * weights[i * sets.length + g]!, share),
  );
  return { weights: Float32Array.from(weights), bias: Float32Array.from(bias) };
}

function withRidge({ rows, cols, data }: Matrix): Matrix {
  const diagonal = Array.from({ length: rows }, (_, r) => data[r * cols + r]!);
  const ridge = (RIDGE * diagonal.reduce((a, b) => a + b, 0)) / rows;
  const out = matrix(rows, cols, data.slice());
  diagonal.forEach((value, r) => {
    out.data[r * cols + r] = value + ridge;
  });
  return out;
}

/** Position of the group that pooled latents look most like. */
export function classify({ weights, bias }: GroupClassifier, pooled: Float32Array): number {
  const groups = bias.length;
  const scores = Array.from(bias);
  pooled.forEach((value, i) => {
    for (let g = 0; g < groups; g++) scores[g]! += value * weights[i * groups + g]!;
  });
  return scores.indexOf(Math.max(...scores));
}
