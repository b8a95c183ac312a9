import { embed } from '../../projector/network';
import type { GroupPrior, Network } from '../../projector/types';

/** A loss at one pooled latent, and its gradient by it. */
export interface Loss {
  readonly value: number;
  /** [inputs] */
  readonly gradient: Float64Array;
}

/** Distance from which on a stereotypical sample no longer pushes; methods.md 4.1 (ours). */
const MARGIN = 1;

/**
 * The anti-stereotypical prior: - log( sim(f, fair) / (sim(f, fair) + sim(f, stereotypical)) ), sim(a,b) = exp(a.b / tau).
 * @param pooled [inputs].
 */
export function priorLoss(
  network: Network,
  { fair, stereotypical }: NonNullable<GroupPrior['prior']>,
  tau: number,
  pooled: ArrayLike<number>,
): Loss {
  const { unit, gradient } = embed(network, pooled);
  const excess = unit.reduce((sum, u, o) => sum + (u * (stereotypical[o]! - fair[o]!)) / tau, 0);
  const slope = 1 / (1 + Math.exp(-excess));
  const direction = fair.map((value, o) => (slope * (stereotypical[o]! - value)) / tau);
  return {
    value: Math.max(0, excess) + Math.log1p(Math.exp(-Math.abs(excess))),
    gradient: gradient(direction),
  };
}

/**
 * The direct guidance: the contrastive loss of Hadsell, Chopra and LeCun (2006) with one sample of each set,
 * |g - fair|^2 + max(0, 1 - |g - stereotypical|)^2, where g is the pooled latent and lengths are root mean squares.
 * @param pooled [inputs], as the two samples.
 */
export function directLoss(
  pooled: ArrayLike<number>,
  fair: ArrayLike<number>,
  stereotypical: ArrayLike<number>,
): Loss {
  const inputs = pooled.length;
  const distance = (sample: ArrayLike<number>): number => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += (pooled[i]! - sample[i]!) ** 2;
    return Math.sqrt(sum / inputs);
  };
  const [near, far] = [distance(fair), distance(stereotypical)];
  const short = Math.max(0, MARGIN - far);
  // At the sample itself every way leads off; then it pushes nowhere.
  const push = far === 0 ? 0 : short / far;
  const gradient = Float64Array.from(
    { length: inputs },
    (_, i) => (2 / inputs) * (pooled[i]! - fair[i]! - push * (pooled[i]! - stereotypical[i]!)),
  );
  return { value: near ** 2 + short ** 2, gradient };
}
