import { sharesOf } from './counts';

/**
 * Parity gap: (1/K) sum |f_k - 1/K| (EquiSteer; methods 7.2).
 * @param counts length K. @returns 0 .. 2 (K - 1) / K^2. @throws RangeError if all counts are 0.
 */
export function parityGap(counts: readonly number[]): number {
  const K = counts.length;
  return sharesOf(counts).reduce((sum, f) => sum + Math.abs(f - 1 / K), 0) / K;
}

/**
 * Statistical parity difference |P(y | A = 0) - P(y | A = 1)| (methods 7.2).
 * @param a persons of group 0: how many have y, of how many. @param b those of group 1. @returns 0 .. 1.
 * @throws RangeError if a group is empty, or has more hits than persons.
 */
export function parityDifference(
  a: { readonly hits: number; readonly n: number },
  b: { readonly hits: number; readonly n: number },
): number {
  for (const { hits, n } of [a, b]) {
    if (!(n > 0 && hits >= 0 && hits <= n))
      throw new RangeError(`A group needs hits within 0..n, n > 0, got ${hits} of ${n}.`);
  }
  return Math.abs(a.hits / a.n - b.hits / b.n);
}
