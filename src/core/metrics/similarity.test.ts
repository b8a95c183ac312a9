import { describe, expect, it } from 'vitest';
import { createPrng } from '../rng';
import { type Pixels, psnr, ssim, ssimWithin } from './index';

function noise(seed: number, channels: 1 | 3 | 4 = 3, width = 20, height = 15): Pixels {
  const { integer } = createPrng(seed);
  return {
    data: Uint8ClampedArray.from({ length: width * height * channels }, () => integer(256)),
    width,
    height,
    channels,
  };
}
const shifted = (image: Pixels, by: number): Pixels => ({
  ...image,
  data: Array.from(image.data, (v) => v + by),
});

describe('psnr', () => {
  it('a shift of every value by 5 is 20 log10(255 / 5)', () => {
    expect(psnr(noise(1), shifted(noise(1), 5))).toBeCloseTo(20 * Math.log10(51), 10);
    expect(psnr(noise(1), noise(1))).toBe(Number.POSITIVE_INFINITY);
  });

  it('inside a mask only masked pixels count', () => {
    const [a, b] = [noise(1, 1), { ...noise(1, 1), data: Array.from(noise(1, 1).data) }];
    b.data[0] = (a.data[0]! + 100) % 256;
    const mask = Array.from({ length: 300 }, (_, i) => i !== 0);
    expect(psnr(a, b, mask)).toBe(Number.POSITIVE_INFINITY);
    expect(psnr(a, b)).toBeLessThan(60);
    expect(psnr(a, b, new Uint8Array(300))).toBeUndefined();
  });
});

describe('ssim', () => {
  it('is 1 for equal images, symmetric, near 0 for unrelated noise', () => {
    const [a, b] = [noise(1), noise(2)];
    expect(ssim(a, a)).toBeCloseTo(1, 12);
    expect(ssim(noise(1, 1, 11, 11), noise(1, 1, 11, 11))).toBeCloseTo(1, 12);
    expect(ssim(a, b)).toBeCloseTo(ssim(b, a), 12);
    expect(Math.abs(ssim(noise(3, 1, 60, 60), noise(4, 1, 60, 60)))).toBeLessThan(0.1);
  });

  it('within a mask sees what changed there, and nothing further off than its window', () => {
    const a = noise(1, 1, 40, 20);
    const half = (from: number, to: number) =>
      Uint8Array.from({ length: 800 }, (_, i) => (i % 40 >= from && i % 40 < to ? 1 : 0));
    const b = { ...a, data: Array.from(a.data, (v, i) => (i % 40 < 10 ? 255 - v : v)) };
    expect(ssimWithin(a, b, half(15, 40))).toBeCloseTo(1, 12);
    expect(ssimWithin(a, b, half(0, 15))!).toBeLessThan(0.5);
    const [left, right, all] = [half(5, 15), half(15, 35), half(0, 40)].map(
      (mask) => ssimWithin(a, b, mask)!,
    );
    expect((left! + 2 * right!) / 3).toBeCloseTo(all!, 12);
    expect(all).toBeCloseTo(ssim(a, b), 12);
    expect(ssimWithin(a, b, half(0, 5))).toBeUndefined();
  });
});

describe('both', () => {
  it('leave alpha aside', () => {
    const rgb = noise(1, 3);
    const other = noise(2, 3);
    const rgba = (image: Pixels, alpha: number): Pixels => ({
      ...image,
      channels: 4,
      data: Array.from({ length: 20 * 15 * 4 }, (_, i) =>
        i % 4 === 3 ? alpha : image.data[Math.floor(i / 4) * 3 + (i % 4)]!,
      ),
    });
    expect(psnr(rgba(rgb, 0), rgba(other, 255))).toBeCloseTo(psnr(rgb, other)!, 12);
    expect(ssim(rgba(rgb, 0), rgba(other, 255))).toBeCloseTo(ssim(rgb, other), 12);
  });

  it('refuse images of two shapes, or too small for the window', () => {
    expect(() => psnr(noise(1), noise(1, 1))).toThrow('20 x 15 x 3 and 20 x 15 x 1');
    expect(() => ssim(noise(1), noise(1, 3, 15, 20))).toThrow(RangeError);
    expect(() => psnr({ ...noise(1), data: [1] }, noise(1))).toThrow(RangeError);
    expect(() => ssim(noise(1, 1, 10, 30), noise(2, 1, 10, 30))).toThrow('at least 11');
  });
});
