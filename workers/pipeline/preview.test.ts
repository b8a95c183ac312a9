import { describe, expect, it } from 'vitest';
import { torchRandn } from '../../src/core/rng';
import { tensor } from '../../src/core/tensor';
import { createPreviewer } from './preview';

/** A decoder that is linear in the latent: 8 pixels a cell, red and blue from its two channels, green constant. */
function decode(data: Float32Array) {
  const side = 64;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const cell = Math.floor(y / 8) * 8 + Math.floor(x / 8);
      pixels.set([128 + 20 * data[cell]!, 90, 128 - 15 * data[64 + cell]!], (y * side + x) * 4);
    }
  }
  return { width: side, height: side, pixels };
}

describe('the previewer', () => {
  it('learns a linear decoder, at four pixels a cell', () => {
    const previewer = createPreviewer(2);
    expect(previewer.ready).toBe(false);
    for (const seed of [1, 2, 3]) {
      const data = torchRandn(seed, 128);
      previewer.learn(tensor(data, [2, 8, 8]), decode(data));
    }
    const fresh = torchRandn(9, 128);
    const { width, height, pixels } = previewer.draw(tensor(fresh, [2, 8, 8]));
    expect([width, height]).toEqual([32, 32]);
    const whole = decode(fresh);
    for (let y = 0; y < 32; y++) {
      for (let x = 0; x < 32; x++) {
        for (let c = 0; c < 4; c++) {
          const expected = whole.pixels[(y * 2 * 64 + x * 2) * 4 + c]!;
          expect(Math.abs(pixels[(y * 32 + x) * 4 + c]! - expected)).toBeLessThanOrEqual(2);
        }
      }
    }
  });

  it('draws nothing before it has seen a picture', () => {
    expect(() => createPreviewer(2).draw(tensor(new Float32Array(128), [2, 8, 8]))).toThrow('must learn');
  });
});
