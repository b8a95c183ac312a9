import { createMersenne } from './mersenne';

/** A seeded source for choices (assignment, bootstrap, Monte Carlo). Not for noise: that is `torchRandn`. */
export interface Prng {
  /** Uniform in [0, 1), 32 bits fine. */
  uniform(): number;
  /** Uniform integer in 0 .. n - 1, without modulo bias. @throws RangeError unless n is an integer in 1 .. 2^32. */
  integer(n: number): number;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T>(items: T[]): T[];
}

/**
 * MT19937 behind a small interface.
 * @param seed integer, low 32 bits used. @throws RangeError if it is not a safe integer.
 */
export function createPrng(seed: number | bigint): Prng {
  const bits = createMersenne(seed);
  const integer = (n: number): number => {
    if (!Number.isInteger(n) || n < 1 || n > 4294967296) {
      throw new RangeError(`A random integer needs a whole number of choices in 1..2^32, got ${n}.`);
    }
    const limit = 4294967296 - (4294967296 % n);
    let draw = bits.next();
    while (draw >= limit) draw = bits.next();
    return draw % n;
  };
  return {
    uniform: () => bits.next() / 4294967296,
    integer,
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        [items[i], items[j]] = [items[j]!, items[i]!];
      }
      return items;
    },
  };
}
