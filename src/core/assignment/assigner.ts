import { createPrng, type Prng } from '../rng';
import { mostLacking, seatsWithin } from './deficit';
import { checkTarget } from './target';

/**
 * `quota` (default): the shares follow the target as closely as whole numbers can.
 * `iid`: an independent draw each time, as the "flip a coin" of most papers; kept for comparison.
 */
export const ASSIGNMENT_MODES = ['quota', 'iid'] as const;
export type AssignmentMode = (typeof ASSIGNMENT_MODES)[number];

/** Gives out values, one image or person at a time; the same seed gives the same sequence. */
export interface Assigner {
  /** The next value, as an index into the target. */
  next(): number;
  /**
   * Values for all persons of one image, positions shuffled so that no value is always left-most. In `quota` mode the image itself
   * meets the target by largest remainder, and what is left over evens out across images.
   * @throws RangeError unless persons is a whole number >= 0.
   */
  image(persons: number): number[];
  /** How often each value was given out. */
  counts(): readonly number[];
}

/**
 * @param target K shares, sum 1; for intersections the shares of `productSet`.
 * @param seed integer, logged with the run.
 * @throws RangeError if target is not a distribution, or seed not a safe integer.
 */
export function createAssigner(
  target: readonly number[],
  seed: number,
  mode: AssignmentMode = 'quota',
): Assigner {
  checkTarget(target);
  const random = createPrng(seed);
  const counts = target.map(() => 0);
  const next = (): number => {
    const value = mode === 'quota' ? mostLacking(target, counts, random) : draw(target, random);
    counts[value]! += 1;
    return value;
  };
  return {
    next,
    image(persons) {
      if (!Number.isInteger(persons) || persons < 0) {
        throw new RangeError(`An image has a whole number of persons, got ${persons}.`);
      }
      if (mode === 'iid') return Array.from({ length: persons }, next);
      const seats = seatsWithin(target, persons, counts, random);
      seats.forEach((seat, a) => {
        counts[a]! += seat;
      });
      return random.shuffle(seats.flatMap((seat, a) => new Array<number>(seat).fill(a)));
    },
    counts: () => [...counts],
  };
}

/** One index, with probability proportional to its share. */
function draw(target: readonly number[], random: Prng): number {
  let rest = random.uniform();
  const last = target.findLastIndex((share) => share > 0);
  for (let a = 0; a < last; a++) {
    rest -= target[a]!;
    if (rest < 0) return a;
  }
  return last;
}
