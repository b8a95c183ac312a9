import { createPrng } from '../rng';
import { cumulativeOf, drawCounts, forEachOutcome, multinomialProbability, outcomes } from './multinomial';
import { binomialProbability, chiSquareTail } from './special';

/** Probabilities this close are the same outcome weight; scipy uses the same slack. */
const SLACK = 1 + 1e-7;
const MOST_OUTCOMES = 20_000;
const SMALLEST_EXPECTED = 5;

export interface FitTest {
  readonly method: 'binomial' | 'multinomial' | 'chi-square' | 'monte-carlo';
  /** Probability, under the target, of counts no likelier than these; 0 .. 1. */
  readonly p: number;
}

/**
 * Is it biased? Tests counts against a target (methods 7.5): the exact binomial test for 2 values, the exact multinomial one while
 * its outcomes can be listed, chi-square where every expected count is 5 or more, and a seeded Monte Carlo p otherwise.
 * @param counts K whole counts >= 0. @param target K shares, sum 1. @param seed used by Monte Carlo only.
 * @returns p = 1 for nobody; p = 0 if a value was found that the target gives no share.
 * @throws RangeError if the lengths differ.
 */
export function fitTest(counts: readonly number[], target: readonly number[], seed = 1): FitTest {
  if (counts.length !== target.length) {
    throw new RangeError(`A target of ${target.length} shares does not fit ${counts.length} values.`);
  }
  const impossible = counts.some((x, k) => x > 0 && target[k] === 0);
  const kept = [...target.keys()].filter((k) => target[k]! > 0);
  const [xs, q] = [kept.map((k) => counts[k]!), kept.map((k) => target[k]!)];
  const n = xs.reduce((sum, x) => sum + x, 0);
  if (kept.length <= 2) {
    return { method: 'binomial', p: impossible ? 0 : binomialTest(xs[0] ?? 0, n, q[0] ?? 1) };
  }
  if (outcomes(n, kept.length) <= MOST_OUTCOMES) {
    return { method: 'multinomial', p: impossible ? 0 : multinomialTest(xs, q) };
  }
  if (q.every((share) => n * share >= SMALLEST_EXPECTED)) {
    return { method: 'chi-square', p: impossible ? 0 : chiSquareFit(xs, q).p };
  }
  return { method: 'monte-carlo', p: impossible ? 0 : monteCarloFit(xs, q, seed) };
}

/** Two-sided exact binomial test: all outcomes no likelier than x (as scipy's binomtest). @param p share under the hypothesis. */
export function binomialTest(x: number, n: number, p: number): number {
  const observed = binomialProbability(x, n, p) * SLACK;
  let sum = 0;
  for (let k = 0; k <= n; k++) {
    const probability = binomialProbability(k, n, p);
    if (probability <= observed) sum += probability;
  }
  return Math.min(1, sum);
}

/** Exact multinomial test: all outcomes no likelier than these counts. Lists C(n + K - 1, K - 1) outcomes. */
export function multinomialTest(counts: readonly number[], target: readonly number[]): number {
  const observed = multinomialProbability(counts, target) * SLACK;
  const n = counts.reduce((sum, x) => sum + x, 0);
  let sum = 0;
  forEachOutcome(n, counts.length, (outcome) => {
    const probability = multinomialProbability(outcome, target);
    if (probability <= observed) sum += probability;
  });
  return Math.min(1, sum);
}

/** Pearson's chi-square goodness of fit; trust it where every n q_k is 5 or more. @param target K shares > 0. */
export function chiSquareFit(
  counts: readonly number[],
  target: readonly number[],
): { readonly statistic: number; readonly df: number; readonly p: number } {
  const n = counts.reduce((sum, x) => sum + x, 0);
  const statistic = counts.reduce((sum, x, k) => sum + (x - n * target[k]!) ** 2 / (n * target[k]!), 0);
  const df = counts.length - 1;
  return { statistic, df, p: chiSquareTail(statistic, df) };
}

/** Share of seeded samples no likelier than the counts, both sides of the fraction plus 1. */
function monteCarloFit(counts: readonly number[], target: readonly number[], seed: number): number {
  const samples = 2000;
  const observed = multinomialProbability(counts, target) * SLACK;
  const n = counts.reduce((sum, x) => sum + x, 0);
  const { uniform } = createPrng(seed);
  const cumulative = cumulativeOf(target);
  let extreme = 0;
  for (let i = 0; i < samples; i++) {
    if (multinomialProbability(drawCounts(n, cumulative, uniform), target) <= observed) extreme += 1;
  }
  return (extreme + 1) / (samples + 1);
}
