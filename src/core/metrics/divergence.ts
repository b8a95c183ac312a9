import { sharesOf } from './counts';

/**
 * Kullback-Leibler divergence sum f ln(f / q), in nats, values nobody has left out (ITI-GEN; methods 7.2).
 * @returns 0 .. ln K for equal targets; Infinity if a value was found that the target gives no share.
 * @throws RangeError if all counts are 0, or the lengths differ.
 */
export function klDivergence(counts: readonly number[], target: readonly number[]): number {
  if (target.length !== counts.length) {
    throw new RangeError(`A target of ${target.length} shares does not fit ${counts.length} values.`);
  }
  const sum = sharesOf(counts).reduce(
    (total, f, k) => total + (f === 0 ? 0 : f * Math.log(f / target[k]!)),
    0,
  );
  return Math.max(0, sum);
}

/** KL less its bias in small samples, (K - 1) / (2 n) (Miller and Madow; methods 7.3). @returns may be below 0. */
export function klCorrected(counts: readonly number[], target: readonly number[]): number {
  const n = counts.reduce((sum, x) => sum + x, 0);
  return klDivergence(counts, target) - (counts.length - 1) / (2 * n);
}

/**
 * Entropy of the shares over its largest possible value ln K (methods 7.2): 1 is equal, 0 is one value only.
 * @param counts length K >= 2. @throws RangeError if all counts are 0, or K < 2.
 */
export function normalisedEntropy(counts: readonly number[]): number {
  const K = counts.length;
  if (K < 2) throw new RangeError(`Normalised entropy needs at least 2 values, got ${K}.`);
  const entropy = sharesOf(counts).reduce((sum, f) => sum - (f === 0 ? 0 : f * Math.log(f)), 0);
  return Math.min(1, Math.max(0, entropy / Math.log(K)));
}
