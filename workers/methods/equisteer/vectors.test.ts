import { describe, expect, it } from 'vitest';
import { createPrng } from '../../../src/core/rng';
import type { Steering } from '../method';
import { steeringOf } from './vectors';

const layers = [
  { place: 'down' as const, height: 4, width: 4, channels: 6, offset: 0 },
  { place: 'up' as const, height: 4, width: 4, channels: 5, offset: 6 },
];
const channels = 11;
const random = (seed: number) => {
  const prng = createPrng(seed);
  return Float64Array.from({ length: channels }, () => prng.uniform() - 0.5);
};
const [plain, woman, man, pixel] = [random(1), random(2), random(3), random(4)];

/** What the UNet makes of a pixel's output, without its length: o - Q^T Q o + add (workers/onnx/steering.ts). */
function applied({ basis, add }: Steering, o: Float64Array): Float64Array {
  const [rank] = basis!.dims as [number];
  const out = o.map((value, i) => value + add!.data[i]!);
  for (let k = 0; k < rank; k++) {
    const row = basis!.data.subarray(k * channels, (k + 1) * channels);
    for (const { offset, channels: own } of layers) {
      let along = 0;
      for (let i = offset; i < offset + own; i++) along += row[i]! * o[i]!;
      for (let i = offset; i < offset + own; i++) out[i]! -= along * row[i]!;
    }
  }
  return out;
}

const minus = (a: Float64Array, b: Float64Array) => a.map((value, i) => value - b[i]!);
const dot = (a: Float64Array, b: Float64Array, { offset, channels: own }: (typeof layers)[number]) =>
  a.slice(offset, offset + own).reduce((sum, value, i) => sum + value * b[offset + i]!, 0);

describe('steering towards a value', () => {
  const steer = (towards: Float64Array[], strength = 1) =>
    steeringOf(layers, plain, [woman, man], towards, strength, true);

  it('gives every pixel what the prompt with the value has along the values, and leaves the rest of it', () => {
    const after = applied(steer([woman]), pixel);
    for (const layer of layers) {
      for (const direction of [minus(woman, plain), minus(man, plain)]) {
        expect(dot(after, direction, layer)).toBeCloseTo(dot(woman, direction, layer), 5);
      }
    }
    // What is changed lies in the span of the two directions: the determinant of Gram's matrix of the three is 0.
    const change = minus(after, pixel);
    for (const layer of layers) {
      const three = [minus(woman, plain), minus(man, plain), change];
      const g = three.map((a) => three.map((b) => dot(a, b, layer)));
      const [a, b, c] = g as [number[], number[], number[]];
      const determinant =
        a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) -
        a[1]! * (b[0]! * c[2]! - b[2]! * c[0]!) +
        a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!);
      expect(Math.abs(determinant)).toBeLessThan(1e-6);
    }
  });

  it('goes on from the plain prompt past the value with a strength over 1', () => {
    const after = applied(steer([woman], 3), pixel);
    const wanted = plain.map((value, i) => value + 3 * (woman[i]! - value));
    for (const layer of layers) {
      const direction = minus(woman, plain);
      expect(dot(after, direction, layer)).toBeCloseTo(dot(wanted, direction, layer), 5);
    }
  });

  it('keeps one direction of two that oppose each other, and has a zero row where a layer needs fewer', () => {
    const opposite = plain.map((value, i) => value - (woman[i]! - value));
    const { basis } = steeringOf(layers, plain, [woman, opposite], [woman], 1, false);
    expect(basis!.dims).toEqual([1, channels]);
    const half = man.map((value, i) => (i < 6 ? 2 * plain[i]! - woman[i]! : value));
    const { basis: two, renorm } = steeringOf(layers, plain, [woman, half], [woman], 1, false);
    expect(two!.dims).toEqual([2, channels]);
    expect([...two!.data.subarray(channels, channels + 6)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(renorm).toBe(0);
  });

  it('adds up the values of several attributes', () => {
    const both = applied(steer([woman, man]), pixel);
    const wanted = plain.map((value, i) => woman[i]! + man[i]! - value);
    for (const layer of layers) {
      const direction = minus(man, plain);
      expect(dot(both, direction, layer)).toBeCloseTo(dot(wanted, direction, layer), 5);
    }
  });

  it('does nothing where no word makes a difference', () => {
    const { basis, add } = steeringOf(layers, plain, [plain, plain], [plain], 1, true);
    expect([...basis!.data, ...add!.data].every((value) => value === 0)).toBe(true);
  });
});
