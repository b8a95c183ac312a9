import { fromRows, inverse, multiply, symmetricEigen, timesTransposed } from '../linalg';
import { createPrng, type Prng } from '../rng';
import type { Interval } from './intervals';

export interface Corrected {
  /** K shares >= 0 that sum to 1. */
  readonly shares: readonly number[];
  /** Percentile bootstrap over the persons counted and those that the reader was tested on. */
  readonly intervals: readonly Interval[];
  /** How much longer, at worst, a corrected difference is than the observed one; a large one says that the reader tells little. */
  readonly worstFactor: number;
}

export interface CorrectionOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Default 2000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly level?: number;
}

/**
 * Shares as they would be without the reader's mistakes: the p >= 0 with sum 1 nearest to p_obs = C^T p (methods 7.1; for two values
 * Rogan and Gladen 1978, cut to 0..1).
 * @param counts K persons per value as read, at least one in all.
 * @param confusion [true][read] persons of a labelled test, K x K, each row with at least one.
 * @throws RangeError for shapes that do not fit, empty rows, or a reader whose mistakes cannot be undone (two values read alike).
 */
export function correctShares(
  counts: readonly number[],
  confusion: readonly (readonly number[])[],
  { seed = 1, resamples = 2000, level = 0.95 }: CorrectionOptions = {},
): Corrected {
  const K = counts.length;
  const n = counts.reduce((sum, x) => sum + x, 0);
  if (K < 2 || confusion.length !== K || confusion.some((row) => row.length !== K)) {
    throw new RangeError(`${K} shares need a confusion matrix of ${K} x ${K}, with K of 2 or more.`);
  }
  const totals = confusion.map((row) => row.reduce((sum, x) => sum + x, 0));
  if (n <= 0 || totals.some((total) => total <= 0)) {
    throw new RangeError('Correcting needs persons counted, and labelled ones of every value.');
  }
  const rates = confusion.map((row, k) => row.map((x) => x / totals[k]!));
  const observed = counts.map((x) => x / n);
  const shares = solve(observed, rates);
  if (!shares)
    throw new RangeError('The reader reads two of the values alike, so its shares cannot be corrected.');

  const random = createPrng(seed);
  const drawn: number[][] = [];
  for (let i = 0; i < resamples; i++) {
    const again = rates.map((row, k) => multinomial(random, totals[k]!, row).map((x) => x / totals[k]!));
    const found = solve(
      multinomial(random, n, observed).map((x) => x / n),
      again,
    );
    if (found) drawn.push(found);
  }
  const intervals = shares.map((_, k) => {
    const values = drawn.map((p) => p[k]!).sort((a, b) => a - b);
    const at = (q: number) => values[Math.round(q * (values.length - 1))] ?? Number.NaN;
    return { low: at((1 - level) / 2), high: at((1 + level) / 2) };
  });
  return { shares, intervals, worstFactor: 1 / smallestSingular(rates) };
}

/** The inverse where it gives shares, else least squares on the simplex by projected gradient with momentum (Beck and Teboulle 2009). @returns undefined where C cannot be inverted. */
function solve(observed: readonly number[], rates: readonly (readonly number[])[]): number[] | undefined {
  if (smallestSingular(rates) < 1e-6) return undefined;
  // Where no mistake was undone too far, that is all; the rest is for shares that would be negative.
  const exact = multiply(fromRows([observed]), inverse(fromRows(rates))).data;
  if (exact.every((share) => share >= 0)) return [...exact];
  const K = observed.length;
  const range = Array.from({ length: K }, (_, k) => k);
  // Rows of C sum to 1, so the largest eigenvalue of C C^T is at most K.
  const step = 1 / K;
  let point = [...observed];
  let ahead = point;
  let momentum = 1;
  for (let i = 0; i < 20_000; i++) {
    const residual = range.map(
      (j) => range.reduce((sum, k) => sum + rates[k]![j]! * ahead[k]!, 0) - observed[j]!,
    );
    const next = onSimplex(
      ahead.map((value, k) => value - step * range.reduce((sum, j) => sum + rates[k]![j]! * residual[j]!, 0)),
    );
    const moved = Math.max(...next.map((value, k) => Math.abs(value - point[k]!)));
    const faster = (1 + Math.sqrt(1 + 4 * momentum ** 2)) / 2;
    const before = point;
    const pace = (momentum - 1) / faster;
    ahead = next.map((value, k) => value + pace * (value - before[k]!));
    [point, momentum] = [next, faster];
    if (moved < 1e-10) break;
  }
  return point;
}

/** The nearest point with numbers >= 0 that sum to 1 (Duchi et al. 2008). */
function onSimplex(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => b - a);
  let [sum, shift] = [0, 0];
  sorted.forEach((value, i) => {
    sum += value;
    const candidate = (sum - 1) / (i + 1);
    if (value > candidate) shift = candidate;
  });
  return values.map((value) => Math.max(0, value - shift));
}

/** The smallest singular value of C. */
function smallestSingular(rates: readonly (readonly number[])[]): number {
  const c = fromRows(rates);
  return Math.sqrt(Math.max(0, symmetricEigen(timesTransposed(c, c)).values.at(-1)!));
}

function multinomial(random: Prng, n: number, shares: readonly number[]): number[] {
  const counts = shares.map(() => 0);
  for (let i = 0; i < n; i++) {
    let left = random.uniform();
    let k = 0;
    while (k < shares.length - 1 && left >= shares[k]!) left -= shares[k++]!;
    counts[k]! += 1;
  }
  return counts;
}
