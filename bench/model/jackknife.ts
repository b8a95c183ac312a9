const Z = 1.96;

/**
 * 95 % interval of any smooth measure by the delete-a-group jackknife: value -+ 1.96 standard errors. Resampling with repeats
 * would push distances and absolute differences up and away from their own value; leaving out does not.
 * @param items in any order that mixes them; item i is left out with all others of the same i mod `groups`.
 * @returns the value and its interval, both from `lowest` on. @throws RangeError if there are fewer than two items.
 */
export function jackknife<T>(
  items: readonly T[],
  measure: (some: readonly T[]) => number,
  { groups = 10, lowest = Number.NEGATIVE_INFINITY } = {},
): { value: number; interval: readonly [low: number, high: number] } {
  const parts = Math.min(groups, items.length);
  if (parts < 2) throw new RangeError('Nothing can be left out of fewer than two items.');
  const value = measure(items);
  const others = Array.from({ length: parts }, (_, g) => measure(items.filter((_, i) => i % parts !== g)));
  const mean = others.reduce((sum, one) => sum + one, 0) / parts;
  const spread = others.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const half = Z * Math.sqrt((spread * (parts - 1)) / parts);
  return { value, interval: [Math.max(lowest, value - half), value + half] };
}
