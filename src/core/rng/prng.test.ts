import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMersenne } from './mersenne';
import { createPrng } from './prng';

describe('createMersenne', () => {
  it('gives the published 10000th output of MT19937 for its default seed 5489 (C++ standard, [rand.predef])', () => {
    const bits = createMersenne(5489);
    for (let i = 1; i < 10000; i++) bits.next();
    expect(bits.next()).toBe(4123659995);
  });
});

describe('createPrng', () => {
  it('repeats itself for a seed, and differs between seeds', () => {
    const draw = (seed: number) => Array.from({ length: 8 }, createPrng(seed).uniform);
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('keeps integers in 0 .. n - 1 and uniforms in [0, 1)', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, n) => {
        const prng = createPrng(seed);
        const value = prng.integer(n);
        const u = prng.uniform();
        return Number.isInteger(value) && value >= 0 && value < n && u >= 0 && u < 1;
      }),
    );
  });

  it('draws each of 6 integers about equally often', () => {
    const prng = createPrng(1);
    const counts = new Array<number>(6).fill(0);
    for (let i = 0; i < 60000; i++) counts[prng.integer(6)]! += 1;
    // Chi-square with 5 degrees of freedom: 20.5 is the 99.9 % point.
    const chi2 = counts.reduce((sum, c) => sum + (c - 10000) ** 2 / 10000, 0);
    expect(chi2).toBeLessThan(20.5);
  });

  it('shuffles to every order about equally often, and keeps the items', () => {
    const prng = createPrng(5);
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const key = prng.shuffle(['a', 'b', 'c']).join('');
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    for (const count of seen.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('refuses a number of choices that is not one', () => {
    expect(() => createPrng(1).integer(0)).toThrow(RangeError);
    expect(createPrng(1).integer(2 ** 32)).toBe(createMersenne(1).next());
    expect(() => createPrng(1).integer(2 ** 33)).toThrow(RangeError);
  });
});
