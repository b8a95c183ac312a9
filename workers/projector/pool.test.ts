import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/core/tensor';
import { mirror, pool, pooledDims, unpool } from './pool';
import { apart, goldenDims, goldenLatent, goldenPooled } from './testing/golden';

const dims = fc.tuple(
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 40 }),
);
const numbers = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(seed + 12.9898 * (i + 1)));
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

describe('pooling', () => {
  it("is torch's adaptive average", () => {
    expect(apart(pool(tensor(goldenLatent(0), goldenDims)), goldenPooled(0))).toBeLessThan(1e-6);
  });

  it('leaves sides of up to 16 as they are', () => {
    const latent = tensor(numbers(2 * 16 * 9, 1), [2, 16, 9]);
    expect(pooledDims([2, 16, 9])).toEqual([2, 16, 9]);
    expect(pool(latent)).toEqual(latent.data);
  });

  it('has unpool as its transpose, at any size', () => {
    fc.assert(
      fc.property(dims, fc.integer({ min: 0, max: 1000 }), (shape, seed) => {
        const [channels, height, width] = shape;
        const latent = tensor(numbers(channels * height * width, seed), shape);
        const pooled = pool(latent);
        const gradient = numbers(pooled.length, seed + 1);
        expect(dot(pooled, gradient)).toBeCloseTo(dot(latent.data, unpool(gradient, shape).data), 2);
      }),
    );
  });

  it('goes along with mirroring', () => {
    fc.assert(
      fc.property(dims, (shape) => {
        const [channels, height, width] = shape;
        const data = numbers(channels * height * width, 5);
        const mirrored = pool(tensor(mirror(data, width), shape));
        expect(apart(mirror(pool(tensor(data, shape)), pooledDims(shape)[2]), mirrored)).toBeLessThan(1e-6);
      }),
    );
  });

  it('refuses what is no latent', () => {
    expect(() => pool(tensor(new Float32Array(4), [2, 2]))).toThrow(RangeError);
  });
});
