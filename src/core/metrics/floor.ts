import { createPrng } from '../rng';
import { equalShares } from './counts';
import { MEASURES, type MeasureId } from './measures';
import { cumulativeOf, drawCounts, forEachOutcome, multinomialProbability, outcomes } from './multinomial';
import { binomialProbability } from './special';

/** Up to so many outcomes are summed exactly; beyond, samples are drawn. */
const MOST_OUTCOMES = 20_000;
const MOST_SAMPLES = 2_000;
const LEAST_SAMPLES = 200;
/** Persons drawn in all samples together: large n needs fewer samples, for they differ less. */
const MOST_DRAWS = 4_000_000;
const SEED = 20_240_731;

const known = new Map<string, number>();

/**
 * The value a measure has on average when n persons are drawn from a model that meets the target exactly. Plug-in measures are
 * biased upward: below this floor nothing can be told from perfect fairness (methods 7.3). Exact for K = 2 and for small n; else the
 * mean of up to 2000 seeded samples (standard error below 0.001). Remembered per question.
 * @param n persons, >= 1. @param K values, >= 2. @param target K shares, sum 1; equal if absent.
 * @returns >= 0. @throws RangeError if n, K or target does not fit.
 */
export function biasFloor(measure: MeasureId, n: number, K: number, target = equalShares(K)): number {
  if (!Number.isInteger(n) || n < 1 || !Number.isInteger(K) || K < 2 || target.length !== K) {
    throw new RangeError(
      `A floor needs n >= 1, K >= 2 and K shares, got n = ${n}, K = ${K}, ${target.length} shares.`,
    );
  }
  const key = `${measure} ${n} ${target.join(' ')}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const value =
    K === 2 || outcomes(n, K) <= MOST_OUTCOMES ? exact(measure, n, target) : sampled(measure, n, target);
  known.set(key, value);
  return value;
}

function exact(measure: MeasureId, n: number, target: readonly number[]): number {
  const of = MEASURES[measure];
  let sum = 0;
  forEachOutcome(n, target.length, (counts) => {
    const p =
      target.length === 2
        ? binomialProbability(counts[0]!, n, target[0]!)
        : multinomialProbability(counts, target);
    if (p > 0) sum += p * of(counts, target);
  });
  return sum;
}

function sampled(measure: MeasureId, n: number, target: readonly number[]): number {
  const of = MEASURES[measure];
  const { uniform } = createPrng(SEED);
  const cumulative = cumulativeOf(target);
  const samples = Math.round(Math.max(LEAST_SAMPLES, Math.min(MOST_SAMPLES, MOST_DRAWS / n)));
  let sum = 0;
  for (let i = 0; i < samples; i++) sum += of(drawCounts(n, cumulative, uniform), target);
  return sum / samples;
}
