import type { Prng } from '../rng';

/** Scores closer than this are a tie: 10 * 0.1 and 1 differ by rounding only. */
const TIE = 1e-9;

/**
 * The value whose share lags most behind its target: argmax (N + 1) p_a - n_a, ties broken by the random source
 * (methods section 3). Pass counts of what was *measured* for closed-loop control, of what was *requested* for a quota.
 *
 * Started from zero counts and followed always, the counts stay near the target for ever [derived]:
 * n_a - N p_a <= 1 - 1/K, and N p_a - n_a <= 1/2 + 1/3 + ... + 1/K: below 1 for up to 3 values, 1.08 for 4, 1.72 for 8.
 * (Lower side: the cup game. If any j values lag by at most b_j on average, then b_j = b_(j+1) + 1/(j+1), b_K = 0.)
 * @param target K shares, sum 1. @param counts K counts >= 0. @returns an index 0 .. K - 1, never one with target 0 unless counts
 * overshoot elsewhere.
 */
export function mostLacking(target: readonly number[], counts: readonly number[], random: Prng): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return oneOfLargest(
    target.map((share, a) => (total + 1) * share - counts[a]!),
    random,
  );
}

/** Index of the largest score, by lot among those tied with it. */
export function oneOfLargest(scores: readonly number[], random: Prng): number {
  const best = Math.max(...scores);
  const tied = scores.flatMap((score, a) => (score >= best - TIE ? [a] : []));
  return tied.length === 1 ? tied[0]! : tied[random.integer(tied.length)]!;
}

/**
 * Seats for the persons of one image: whole parts of m p_a first, the rest by largest remainder; between equal remainders the value
 * that lags most over the images so far, then the lot (methods 4.4, step E).
 * @param persons m >= 0. @param counts K counts of the images so far. @returns K seats, sum m, each within 1 of m p_a.
 */
export function seatsWithin(
  target: readonly number[],
  persons: number,
  counts: readonly number[],
  random: Prng,
): number[] {
  const seats = target.map((share) => Math.floor(persons * share + TIE));
  const before = counts.reduce((sum, count) => sum + count, 0);
  let left = persons - seats.reduce((sum, count) => sum + count, 0);
  const open = new Set(target.keys());
  while (left > 0) {
    const remainder = (a: number) => persons * target[a]! - Math.floor(persons * target[a]! + TIE);
    const most = Math.max(...Array.from(open, remainder));
    const lag = target.map((share, a) =>
      open.has(a) && remainder(a) >= most - TIE
        ? (before + persons) * share - counts[a]! - seats[a]!
        : -Infinity,
    );
    const chosen = oneOfLargest(lag, random);
    seats[chosen]! += 1;
    open.delete(chosen);
    left -= 1;
  }
  return seats;
}
