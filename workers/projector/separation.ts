import { normalQuantile } from '../../src/core/metrics/special';
import { embed } from './network';
import type { GroupPrior, Network, Separation } from './types';

type Prior = NonNullable<GroupPrior['prior']>;

/** Mean embedding of pictures, back on the unit sphere. @param rows pooled latents, at least one. */
export function meanEmbedding(network: Network, rows: readonly Float32Array[]): Float32Array {
  const sum = new Float64Array(network.outputs);
  for (const row of rows) {
    embed(network, row).unit.forEach((value, o) => {
      sum[o]! += value;
    });
  }
  const length = Math.hypot(...sum) || 1;
  return Float32Array.from(sum, (value) => value / length);
}

/** How much nearer a picture is to the stereotypical prior than to the fair one: -2..2. */
export function stereotypeScore(network: Network, { fair, stereotypical }: Prior, row: Float32Array): number {
  return embed(network, row).unit.reduce((sum, u, o) => sum + u * (stereotypical[o]! - fair[o]!), 0);
}

/**
 * Area under the ROC curve with its 95 % interval (Hanley and McNeil 1982; where there are few pictures and that is narrower
 * than what mere guessing varies by, the deviation of guessing, Mann and Whitney 1947).
 * @param low scores that should be low. @param high scores that should be high; at least one each.
 */
export function separationOf(low: readonly number[], high: readonly number[]): Separation {
  const wins = high.reduce(
    (sum, h) => sum + low.reduce((count, l) => count + (h > l ? 1 : h === l ? 0.5 : 0), 0),
    0,
  );
  const [n, m] = [low.length, high.length];
  const auc = wins / (n * m);
  const byHigh = auc / (2 - auc);
  const byLow = (2 * auc ** 2) / (1 + auc);
  const variance = (auc * (1 - auc) + (m - 1) * (byHigh - auc ** 2) + (n - 1) * (byLow - auc ** 2)) / (n * m);
  const guessing = (n + m + 1) / (12 * n * m);
  const half = normalQuantile(0.975) * Math.sqrt(Math.max(variance, guessing));
  return { auc, low: Math.max(0, auc - half), high: Math.min(1, auc + half), heldOut: n + m };
}
