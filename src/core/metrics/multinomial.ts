import { logFactorial } from './special';

/** Ways to share n persons over K values: C(n + K - 1, K - 1). */
export function outcomes(n: number, K: number): number {
  let ways = 1;
  for (let k = 1; k < K; k++) ways = (ways * (n + k)) / k;
  return ways;
}

/** Calls `visit` with every way to share n persons over K values; the array is reused. */
export function forEachOutcome(n: number, K: number, visit: (counts: readonly number[]) => void): void {
  const counts = new Array<number>(K).fill(0);
  const place = (k: number, left: number): void => {
    if (k === K - 1) {
      counts[k] = left;
      visit(counts);
      return;
    }
    for (let x = 0; x <= left; x++) {
      counts[k] = x;
      place(k + 1, left - x);
    }
  };
  place(0, n);
}

/** P(counts) under a multinomial distribution. */
export function multinomialProbability(counts: readonly number[], target: readonly number[]): number {
  const n = counts.reduce((sum, x) => sum + x, 0);
  let log = logFactorial(n);
  for (let k = 0; k < counts.length; k++) {
    const x = counts[k]!;
    if (x > 0) log += x * Math.log(target[k]!) - logFactorial(x);
  }
  return Math.exp(log);
}

/** K counts of n independent draws. @param cumulative running sums of the shares. */
export function drawCounts(n: number, cumulative: readonly number[], uniform: () => number): number[] {
  const counts = new Array<number>(cumulative.length).fill(0);
  for (let i = 0; i < n; i++) {
    const u = uniform();
    let k = 0;
    while (k < cumulative.length - 1 && u >= cumulative[k]!) k += 1;
    counts[k]! += 1;
  }
  return counts;
}

/** Running sums of shares. */
export function cumulativeOf(target: readonly number[]): number[] {
  let sum = 0;
  return target.map((share) => {
    sum += share;
    return sum;
  });
}
