import { EvenhandError } from '../../../src/core/errors';
import { goodman, type Interval, wilson } from '../../../src/core/metrics';
import { WEIGHT_LIMIT, type Weights } from './weights';

/** Persons read with each value of one attribute; unclear readings are in none of them. */
export type Counts = Readonly<Record<string, number>>;
/** The share wanted of each value; they sum to 1. */
export type Shares = Readonly<Record<string, number>>;

export interface AuditOptions {
  /** How much of the difference to the target goes into a weight (1 in UCE's code). */
  readonly gain: number;
  /** Level of the intervals that stop the loop, 0 .. 1. */
  readonly level: number;
  /** The loop ends after so many rounds in a row whose intervals hold the target ... */
  readonly inARow: number;
  /** ... or after so many in all. */
  readonly rounds: number;
}

/** Ours (methods.md 5.3): with UCE's 10 images and a margin of 0.05, a fair model would pass one round in four. */
export const AUDIT_DEFAULTS: AuditOptions = { gain: 0.3, level: 0.95, inARow: 2, rounds: 12 };

export interface Adjustment {
  readonly weights: Weights;
  /** Whether every value's interval holds its target; the weights then stay as they are. */
  readonly within: boolean;
  readonly intervals: Readonly<Record<string, Interval>>;
}

/**
 * One turn of UCE's audit (methods.md 5.3), an integral controller: alpha_k + gain (target_k - measured_k), unless the reading cannot
 * be told from the target. Intervals are Wilson's for two values and Goodman's, which hold together, for more.
 * @param weights what the counted pictures were drawn with. @param target the values that are evened out; counts of others are ignored.
 * @throws EvenhandError 'request-invalid' when nobody was read: that is no evidence of anything.
 */
export function adjust(
  weights: Weights,
  counts: Counts,
  target: Shares,
  { gain, level }: Pick<AuditOptions, 'gain' | 'level'> = AUDIT_DEFAULTS,
): Adjustment {
  const values = Object.keys(target);
  const seen = values.map((value) => counts[value] ?? 0);
  const n = seen.reduce((sum, count) => sum + count, 0);
  if (n === 0) throw nobody(values);
  const intervals = values.length === 2 ? seen.map((x) => wilson(x, n, level)) : goodman(seen, level);
  const within = intervals.every(
    ({ low, high }, k) => low <= target[values[k]!]! && target[values[k]!]! <= high,
  );
  const moved = values.map((value, k) => {
    const step = within ? 0 : gain * (target[value]! - seen[k]! / n);
    return [value, clamp((weights[value] ?? 0) + step)] as const;
  });
  return {
    weights: { ...weights, ...Object.fromEntries(moved) },
    within,
    intervals: Object.fromEntries(values.map((value, k) => [value, intervals[k]!])),
  };
}

export interface AuditRound {
  /** 1 for the first. */
  readonly round: number;
  /** What this round's pictures were drawn with. */
  readonly weights: Weights;
  readonly counts: Counts;
  readonly within: boolean;
  readonly intervals: Readonly<Record<string, Interval>>;
}

export interface AuditResult {
  /** A lane of this method takes them as parameters. */
  readonly weights: Weights;
  /** False when the rounds ran out first: the weights are then those that the next round would have tried, and no promise. */
  readonly settled: boolean;
}

/**
 * UCE's audit loop: draw, read, adjust, until the target cannot be told from what is read. The caller draws: the studio (or a bench)
 * runs a request whose one lane is this method with the given weights as parameters, on seeds that this round alone uses, and counts
 * the clear readings of each value. 32 pictures a round are ours (methods.md 5.3). Yields after each round; end it early with
 * `return()`, or by letting `draw` throw (a cancelled run does).
 * @throws what `draw` throws, and see `adjust`.
 */
export async function* audit(
  draw: (weights: Weights, round: number) => Promise<Counts>,
  target: Shares,
  options: AuditOptions = AUDIT_DEFAULTS,
): AsyncGenerator<AuditRound, AuditResult, undefined> {
  let weights: Weights = Object.fromEntries(Object.keys(target).map((value) => [value, 0]));
  let held = 0;
  for (let round = 1; round <= options.rounds; round++) {
    const counts = await draw(weights, round);
    const next = adjust(weights, counts, target, options);
    yield { round, weights, counts, within: next.within, intervals: next.intervals };
    held = next.within ? held + 1 : 0;
    if (held === options.inARow) return { weights, settled: true };
    weights = next.weights;
  }
  return { weights, settled: false };
}

function clamp(weight: number): number {
  return Math.min(WEIGHT_LIMIT, Math.max(-WEIGHT_LIMIT, weight));
}

function nobody(values: readonly string[]): EvenhandError {
  return new EvenhandError(
    'request-invalid',
    `The audit read nobody clearly as ${values.join(' or ')}, so there is nothing to adjust by.`,
    'Use a prompt that shows people, and a model that comes with a reader.',
  );
}
