/**
 * Seeded random numbers for the drawn world (sfc32 seeded by splitmix32; C. Doty-Humphrey, PractRand; public domain).
 * Kept in this folder so that a change elsewhere can never change a rendered data set.
 */
export interface Rng {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [lo, hi). */
  range(lo: number, hi: number): number;
  /** True with probability p. */
  chance(p: number): boolean;
  /** One item, uniformly. @throws RangeError if the list is empty. */
  pick<T>(items: readonly T[]): T;
  /** One key, with probability proportional to its weight. @throws RangeError if no weight is positive. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K;
}

/** @param seed any finite number; its 32 low bits of integer part are used. @param stream separates uses of one seed. */
export function createRng(seed: number, stream = 0): Rng {
  let mix = (Math.trunc(seed) ^ Math.imul(stream + 1, 0x9e3779b9)) | 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let t = mix ^ (mix >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return t ^ (t >>> 15);
  };
  let a = split();
  let b = split();
  let c = split();
  let counter = 1;
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) next();
  return {
    next,
    range: (lo, hi) => lo + (hi - lo) * next(),
    chance: (p) => next() < p,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('pick: the list is empty');
      return item;
    },
    weighted: (weights) => weightedKey(weights, next()),
  };
}

/** The key whose cumulative weight interval holds u in [0, 1). Same u and same order give coupled draws. */
export function weightedKey<K extends string>(weights: Readonly<Record<K, number>>, u: number): K {
  const keys = Object.keys(weights) as K[];
  let total = 0;
  for (const key of keys) total += weights[key];
  let left = u * total;
  let last: K | undefined;
  for (const key of keys) {
    if (weights[key] <= 0) continue;
    last = key;
    left -= weights[key];
    if (left < 0) return key;
  }
  if (last === undefined) throw new RangeError('weightedKey: no weight is positive');
  return last;
}
