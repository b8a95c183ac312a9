const N = 624;
const M = 397;
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;

export interface Mersenne {
  /** The next 32 random bits, as an integer 0 .. 2^32 - 1. */
  next(): number;
}

/**
 * MT19937 (Matsumoto and Nishimura 1998), seeded by the 32-bit initialisation that torch and numpy's legacy generator use.
 * @param seed integer; only its low 32 bits matter, as in torch's CPU generator.
 * @throws RangeError if seed is a number that is not a safe integer.
 */
export function createMersenne(seed: number | bigint): Mersenne {
  const state = new Uint32Array(N);
  state[0] = low32(seed);
  for (let j = 1; j < N; j++) {
    const previous = state[j - 1]!;
    state[j] = Math.imul(1812433253, previous ^ (previous >>> 30)) + j;
  }
  let index = N;

  return {
    next() {
      if (index === N) {
        twist(state);
        index = 0;
      }
      let y = state[index++]!;
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      y ^= y >>> 18;
      return y >>> 0;
    },
  };
}

function twist(state: Uint32Array): void {
  for (let j = 0; j < N; j++) {
    const next = state[(j + 1) % N]!;
    const mixed = (state[j]! & UPPER) | (next & LOWER);
    state[j] = state[(j + M) % N]! ^ (mixed >>> 1) ^ (next & 1 ? 0x9908b0df : 0);
  }
}

function low32(seed: number | bigint): number {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed)) {
    throw new RangeError(`A seed must be a whole number that a double holds exactly, got ${seed}.`);
  }
  return Number(BigInt.asUintN(32, BigInt(seed)));
}
