import { sharesOf } from './counts';

/**
 * Delta of UCE: |wanted - found| / wanted, for the share of one value (Gandikota et al. 2024; methods 7.2).
 * @param share found, 0 .. 1. @param wanted 0 < wanted <= 1. @returns 0 .. 1 for wanted = 1/2, >= 0 for any.
 * @throws RangeError if wanted is not in (0, 1].
 */
export function deltaToDesired(share: number, wanted: number): number {
  if (!(wanted > 0 && wanted <= 1))
    throw new RangeError(`Delta needs a wanted share in (0, 1], got ${wanted}.`);
  return Math.abs(wanted - share) / wanted;
}

/**
 * Delta for any number of values: max_k |f_k - 1/K| / (1 - 1/K) (methods 7.2). For K = 2 this is the former with 1/2.
 * @param counts length K >= 2. @returns 0 .. 1. @throws RangeError if all counts are 0, or K < 2.
 */
export function deltaMulti(counts: readonly number[]): number {
  const K = counts.length;
  if (K < 2) throw new RangeError(`Delta needs at least 2 values, got ${K}.`);
  return Math.max(...sharesOf(counts).map((f) => Math.abs(f - 1 / K))) / (1 - 1 / K);
}
