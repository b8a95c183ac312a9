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
  /** Likelihood, 0..1, that a clean latent belongs to the stereotypical set, as the projector sees it. */
  stereotype(denoised: Tensor): number;
  /**
   * @param latent before the scheduler's step. @param previous the latent one step ago, for the natural length of a step.
   * @param denoised the clean latent that a latent leads to, with the UNet's prediction held fixed.
   * @param share 0..1, shortens the moves. @param random draws the samples of the direct guidance.
   */
  correct(
    latent: Tensor,
    previous: Tensor,
    denoised: (latent: Tensor) => Tensor,
    share: number,
    random: Prng,
  ): Tensor;
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
  const spread =
    along === 'pictures' ? covariance([...fair, ...stereotypical]) : (gradient: Float64Array) => gradient;

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

  return {
    stereotype: (denoised) => 1 - Math.exp(-priorLoss(network, prior, tau, pool(denoised)).value),
    correct(latent, previous, denoised, share, random) {
      const step = lengthOf(latent.data.map((value, i) => value - previous.data[i]!));
      let moved = latent;
      for (let round = 0; round < rounds; round++) {
        const way = unpool(Float32Array.from(wayUp(pool(denoised(moved)), random)), latent.dims).data;
        const length = lengthOf(way);
        if (length === 0) return moved;
        const scale = (strength * share * step) / length;
        moved = tensor(
          moved.data.map((value, i) => value - scale * way[i]!),
          latent.dims,
        );
      }
      return moved;
    },
  };
}

/**
 * Multiplication by the covariance of pictures. The bare gradient of a network runs where it is easily fooled: a change that
 * nobody sees. Weighted by how pictures really vary, it runs where they differ from each other; for a linear discriminant that
 * is exactly the difference of the two means.
 */
function covariance(rows: readonly Float32Array[]): (vector: Float64Array) => Float64Array {
  const inputs = rows[0]?.length ?? 0;
  const mean = new Float64Array(inputs);
  for (const row of rows) {
    for (let i = 0; i < inputs; i++) mean[i]! += row[i]! / rows.length;
  }
  return (vector) => {
    const out = new Float64Array(inputs);
    for (const row of rows) {
      let along = 0;
      for (let i = 0; i < inputs; i++) along += (row[i]! - mean[i]!) * vector[i]!;
      for (let i = 0; i < inputs; i++) out[i]! += (along * (row[i]! - mean[i]!)) / rows.length;
    }
    return out;
  };
}

/** To length 1; zeros stay zeros. */
function unit(vector: Float64Array): Float64Array {
  const length = lengthOf(vector) || 1;
  return vector.map((value) => value / length);
}

function lengthOf(data: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of data) sum += value * value;
  return Math.sqrt(sum);
}

function rowsOf(data: Float32Array, inputs: number): Float32Array[] {
  return Array.from({ length: data.length / inputs }, (_, i) => data.subarray(i * inputs, (i + 1) * inputs));
}
