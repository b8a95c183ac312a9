import { type Interval, wilson } from './intervals';

/**
 * Holm's adjusted p-values for many tests at once (Holm 1979): reject where the result is at most the level, and the chance of
 * any false rejection stays below it. @returns in the order given, each 0 .. 1.
 * @throws RangeError if a p is not in 0 .. 1.
 */
export function holm(ps: readonly number[]): number[] {
  if (!ps.every((p) => p >= 0 && p <= 1))
    throw new RangeError(`p-values lie in 0..1, got [${ps.join(', ')}].`);
  const adjusted = new Array<number>(ps.length).fill(0);
  const order = [...ps.keys()].sort((a, b) => ps[a]! - ps[b]!);
  let largest = 0;
  order.forEach((k, rank) => {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * ps[k]!));
    adjusted[k] = largest;
  });
  return adjusted;
}

/**
 * Is it fair? Two one-sided tests at 5 %, by the 90 % Wilson interval (methods 7.5): a non-significant bias is not yet fairness.
 * @param x persons with the value. @param n persons. @param wanted target share. @param margin largest difference that counts as fair, > 0.
 * @returns equivalent: the whole interval lies within wanted +- margin.
 * @throws RangeError if x is not within 0 .. n, or margin not positive.
 */
export function equivalence(
  x: number,
  n: number,
  wanted = 0.5,
  margin = 0.1,
): { readonly equivalent: boolean; readonly interval: Interval } {
  if (!(margin > 0)) throw new RangeError(`An equivalence margin must be positive, got ${margin}.`);
  const interval = wilson(x, n, 0.9);
  return { equivalent: interval.low > wanted - margin && interval.high < wanted + margin, interval };
}
