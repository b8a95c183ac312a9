import { describe, expect, it } from 'vitest';
import { createRng, weightedKey } from './rng';

describe('the random numbers of the world', () => {
  it('are the same for the same seed and stream, and unlike for others', () => {
    const run = (seed: number, stream: number): number[] => {
      const rng = createRng(seed, stream);
      return Array.from({ length: 5 }, rng.next);
    };
    expect(run(7, 1)).toEqual(run(7, 1));
    expect(run(7, 1)).not.toEqual(run(8, 1));
    expect(run(7, 1)).not.toEqual(run(7, 2));
  });

  it('have the mean and variance of the uniform distribution over neighbouring seeds', () => {
    const values = Array.from({ length: 40_000 }, (_, seed) => createRng(seed).next());
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const variance = values.reduce((a, v) => a + (v - mean) ** 2, 0) / values.length;
    // Four standard errors: the variance of a uniform number is 1/12, that of its squared deviation 1/180.
    expect(Math.abs(mean - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / values.length));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / values.length));
  });

  it('weigh keys, skip zero weights, and refuse an empty table', () => {
    expect(weightedKey({ a: 1, b: 3 }, 0.24)).toBe('a');
    expect(weightedKey({ a: 1, b: 3 }, 0.26)).toBe('b');
    expect(weightedKey({ a: 0, b: 1, c: 0 }, 0.9999)).toBe('b');
    expect(() => weightedKey({ a: 0 }, 0.5)).toThrow(RangeError);
    expect(() => createRng(1).pick([])).toThrow(RangeError);
  });
});
