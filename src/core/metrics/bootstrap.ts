import { createPrng, type Prng } from '../rng';
import { groupBy } from './group';
import type { Interval } from './intervals';

export interface BootstrapOptions<T> {
  /** Which prompt an item belongs to; items are resampled within their prompt. */
  readonly promptOf: (item: T) => string;
  /** Also resample the prompts themselves: the interval then speaks for prompts like these, not for these. Default false. */
  readonly prompts?: boolean;
  /** Logged with the number. Default 1. */
  readonly seed?: number;
  /** Default 2000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly level?: number;
}

/**
 * Percentile bootstrap interval of any measure (Efron 1979; methods 7.4). An item is one image with all its persons (they stay
 * together, for they are not independent), or one pair of images of the same seed when lanes are compared.
 * @param items at least one. @param measure of a resample; undefined where it does not apply.
 * @returns undefined if the measure applied to less than half of the resamples.
 * @throws RangeError if there are no items.
 */
export function bootstrap<T>(
  items: readonly T[],
  measure: (sample: readonly T[]) => number | undefined,
  { promptOf, prompts = false, seed = 1, resamples = 2000, level = 0.95 }: BootstrapOptions<T>,
): Interval | undefined {
  if (items.length === 0) throw new RangeError('A bootstrap needs at least one image.');
  const random = createPrng(seed);
  const groups = [...groupBy(items, promptOf).values()];
  const values: number[] = [];
  for (let i = 0; i < resamples; i++) {
    const chosen = prompts ? resample(groups, random) : groups;
    const value = measure(chosen.flatMap((group) => resample(group, random)));
    if (value !== undefined) values.push(value);
  }
  if (values.length < resamples / 2) return undefined;
  values.sort((a, b) => a - b);
  return { low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2) };
}

function resample<T>(items: readonly T[], random: Prng): T[] {
  return items.map(() => items[random.integer(items.length)]!);
}

/** Linear between neighbours, as numpy's default. @param sorted rising, at least one. */
function quantile(sorted: readonly number[], q: number): number {
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)]!;
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - below);
}
