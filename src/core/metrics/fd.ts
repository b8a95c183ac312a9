import { sharesOf } from './counts';

/**
 * Fairness discrepancy ||q - f||_2 (Choi et al. 2020; methods 7.2): from counts ("hard") or from mean probabilities ("soft",
 * `Tally.soft`). A value nobody has counts as 0; no division by K.
 * @param counts K counts, or K mean probabilities. @param target K shares, sum 1.
 * @returns 0 .. sqrt(1 - 1/K) for equal targets, below sqrt(2) for any.
 * @throws RangeError if all counts are 0, or the lengths differ.
 */
export function fairnessDiscrepancy(counts: readonly number[], target: readonly number[]): number {
  return Math.sqrt(squaredDistance(sharesOf(counts), target));
}

/**
 * FD^2 without the upward bias of small samples: sum (f - q)^2 - sum f (1 - f) / (n - 1) (methods 7.3). Its mean over samples is
 * the true FD^2, so it is below 0 about half of the time where nothing is wrong.
 * @param counts K whole counts. @returns -1 .. 2, or undefined for n < 2.
 */
export function fdSquaredCorrected(counts: readonly number[], target: readonly number[]): number | undefined {
  const n = counts.reduce((sum, x) => sum + x, 0);
  if (n < 2) return undefined;
  const shares = sharesOf(counts);
  return squaredDistance(shares, target) - shares.reduce((sum, f) => sum + f * (1 - f), 0) / (n - 1);
}

/** sign(x) sqrt|x|: how a corrected FD^2 is shown on the scale of FD. */
export function signedRoot(x: number): number {
  return Math.sign(x) * Math.sqrt(Math.abs(x));
}

function squaredDistance(shares: readonly number[], target: readonly number[]): number {
  if (target.length !== shares.length) {
    throw new RangeError(`A target of ${target.length} shares does not fit ${shares.length} values.`);
  }
  return shares.reduce((sum, f, k) => sum + (f - target[k]!) ** 2, 0);
}
