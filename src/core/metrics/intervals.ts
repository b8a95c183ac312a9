import { normalQuantile } from './special';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson score interval of one share (Wilson 1927; methods 7.4).
 * @param x persons with the value, 0 .. n (n_eff may make both fractional). @param n persons in all.
 * @param level 0 .. 1, for instance 0.95. @returns within 0 .. 1; all of 0 .. 1 if n = 0.
 * @throws RangeError if x is not within 0 .. n.
 */
export function wilson(x: number, n: number, level = 0.95): Interval {
  checkCount(x, n);
  return scoreInterval(x, n, normalQuantile((1 + level) / 2) ** 2);
}

/**
 * Goodman's simultaneous intervals of K shares: all hold at once with the given level (Goodman 1965; methods 7.4).
 * Good where counts are 5 or more. @param counts K counts >= 0. @returns K intervals within 0 .. 1.
 * @throws RangeError if a count is negative.
 */
export function goodman(counts: readonly number[], level = 0.95): Interval[] {
  const n = counts.reduce((sum, x) => sum + x, 0);
  // The chi-square quantile with 1 degree of freedom at 1 - alpha / K is a squared normal one.
  const b = normalQuantile(1 - (1 - level) / (2 * counts.length)) ** 2;
  return counts.map((x) => {
    checkCount(x, n);
    return scoreInterval(x, n, b);
  });
}

/** The two roots of (f - p)^2 = squared * p (1 - p) / n. */
function scoreInterval(x: number, n: number, squared: number): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const middle = squared + 2 * x;
  const half = Math.sqrt(squared * (squared + (4 * x * (n - x)) / n));
  const scale = 2 * (n + squared);
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) };
}

function checkCount(x: number, n: number): void {
  if (!(x >= 0 && x <= n)) throw new RangeError(`A share needs a count within 0..${n}, got ${x}.`);
}
