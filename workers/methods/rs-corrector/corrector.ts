import type { Prng } from '../../../src/core/rng';
import { type Tensor, tensor } from '../../../src/core/tensor';
import { pool, unpool } from '../../projector/pool';
import type { GroupPrior, Projector } from '../../projector/types';
import { directLoss, priorLoss } from './guidance';

export interface CorrectorSettings {
  readonly mode: 'prior' | 'direct' | 'both';
  /** Length of a move, as a share of the step that the latent has just made. */
  readonly strength: number;
  /** Weight of the direct guidance beside the prior, both taken as directions: plain gradients differ a thousandfold in length. */
  readonly directWeight: number;
  /** Moves at one step of the denoising. */
  readonly rounds: number;
  /** Moves run along what real pictures differ in; otherwise down the bare gradient. */
  readonly along: 'pictures' | 'gradient';
}

/** Corrects the latents of one group (methods.md 4.1, "after RS-Corrector": the formula is ours). */
export interface Corrector {
  /**
   * The longest way that a picture should go in all: as far as like pictures lie apart, times how stereotypical it looks between the
   * mean fair picture (0) and the mean stereotypical one (1).
   */
  reach(denoised: Tensor): number;
  /** Likelihood, 0..1, that a clean latent belongs to the stereotypical set, as the projector sees it. */
  stereotype(denoised: Tensor): number;
  /**
   * @param latent before the scheduler's step. @param previous the latent one step ago, for the natural length of a step.
   * @param denoised the clean latent that a latent leads to, with the UNet's prediction held fixed.
   * @param most length that is left to go in all. @param random draws the samples of the direct guidance.
   */
  correct(
    latent: Tensor,
    previous: Tensor,
    denoised: (latent: Tensor) => Tensor,
    most: number,
    random: Prng,
  ): { readonly latent: Tensor; readonly length: number };
}

/** @returns undefined where the group has no stereotype that could be corrected. */
export function createCorrector(
  { network, tau }: Projector,
  group: GroupPrior,
  settings: CorrectorSettings,
): Corrector | undefined {
  const { prior } = group;
  if (!prior) return undefined;
  const { mode, strength, directWeight, rounds, along } = settings;
  const fair = rowsOf(group.fair, network.inputs);
  const stereotypical = rowsOf(group.stereotypical, network.inputs);
  const pairs = differences(fair, stereotypical);
  const spread = along === 'pictures' ? momentOf(pairs) : (gradient: Float64Array) => gradient;

  const priorWay = (pooled: Float32Array): Float64Array =>
    unit(spread(priorLoss(network, prior, tau, pooled).gradient));
  const directWay = (pooled: Float32Array, random: Prng): Float64Array => {
    const near = fair[random.integer(fair.length)]!;
    const far = stereotypical[random.integer(stereotypical.length)]!;
    return unit(spread(directLoss(pooled, near, far).gradient));
  };
  const wayUp = (pooled: Float32Array, random: Prng): Float64Array => {
    if (mode === 'prior') return priorWay(pooled);
    const direct = directWay(pooled, random);
    if (mode === 'direct') return direct;
    return priorWay(pooled).map((value, i) => value + directWeight * direct[i]!);
  };

  const lossOf = (pooled: Float32Array): number => priorLoss(network, prior, tau, pooled).value;
  // The loss is softplus of the score that grows with likeness to the stereotype.
  const scoreOf = (pooled: Float32Array): number => Math.log(Math.expm1(lossOf(pooled)));
  const target = meanOf(fair.map(scoreOf));
  const worst = meanOf(stereotypical.map(scoreOf));
  const leftToGo = (pooled: Float32Array): number =>
    Math.min(1, Math.max(0, (scoreOf(pooled) - target) / Math.max(worst - target, 1e-6)));

  const apart = Math.sqrt(meanOf(pairs.map((difference) => lengthOf(difference) ** 2)));

  return {
    reach: (denoised) => apart * leftToGo(pool(denoised)),
    stereotype: (denoised) => 1 - Math.exp(-lossOf(pool(denoised))),
    correct(latent, previous, denoised, most, random) {
      const step = lengthOf(latent.data.map((value, i) => value - previous.data[i]!));
      let moved = latent;
      let gone = 0;
      for (let round = 0; round < rounds; round++) {
        const way = unpool(Float32Array.from(wayUp(pool(denoised(moved)), random)), latent.dims).data;
        const length = lengthOf(way);
        const move = Math.min(strength * step, most - gone);
        if (length === 0 || move <= 0) break;
        moved = tensor(
          moved.data.map((value, i) => value - (move / length) * way[i]!),
          latent.dims,
        );
        gone += move;
      }
      return { latent: moved, length: gone };
    },
  };
}

/**
 * Multiplication by the second moment of like pictures' differences: of each stereotypical picture from the fair one nearest to it. The
 * bare gradient of a network runs where it is easily fooled: a change that nobody sees. Weighted by how pictures differ it runs where they
 * do; and like pictures (one scene, one dress) differ in the stereotype, where any two differ in the scene first.
 */
function momentOf(differences: readonly Float32Array[]): (vector: Float64Array) => Float64Array {
  return (vector) => {
    const out = new Float64Array(vector.length);
    for (const difference of differences) {
      let along = 0;
      for (let i = 0; i < out.length; i++) along += difference[i]! * vector[i]!;
      for (let i = 0; i < out.length; i++) out[i]! += (along * difference[i]!) / differences.length;
    }
    return out;
  };
}

/** Of each stereotypical picture from the fair one nearest to it. */
function differences(fair: readonly Float32Array[], stereotypical: readonly Float32Array[]): Float32Array[] {
  return stereotypical.map((row) => {
    const near = nearest(row, fair);
    return row.map((value, i) => value - near[i]!);
  });
}

function nearest(row: Float32Array, rows: readonly Float32Array[]): Float32Array {
  let best = rows[0]!;
  let least = Number.POSITIVE_INFINITY;
  for (const other of rows) {
    let sum = 0;
    for (let i = 0; i < row.length && sum < least; i++) sum += (row[i]! - other[i]!) ** 2;
    if (sum < least) [best, least] = [other, sum];
  }
  return best;
}

/** To length 1; zeros stay zeros. */
function unit(vector: Float64Array): Float64Array {
  const length = lengthOf(vector) || 1;
  return vector.map((value) => value / length);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function lengthOf(data: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of data) sum += value * value;
  return Math.sqrt(sum);
}

function rowsOf(data: Float32Array, inputs: number): Float32Array[] {
  return Array.from({ length: data.length / inputs }, (_, i) => data.subarray(i * inputs, (i + 1) * inputs));
}
