import { describe, expect, test } from 'vitest';
import { compareProbes, TOLERANCE } from './deviceCheck';
import type { Probe } from './pipeline/probe';

function probeOf(latent: readonly number[], pixels: readonly number[] = [0, 128, 255, 255]): Probe {
  return {
    latent: { data: Float32Array.from(latent), dims: [latent.length] },
    picture: { width: 1, height: 1, pixels: Uint8ClampedArray.from(pixels) },
  };
}

describe('the check of a device against wasm', () => {
  test('the largest difference counts, wherever it stands', () => {
    const check = compareProbes(probeOf([0.5, -1, 2]), probeOf([0.5, -1.25, 2]), 10);
    expect(check.latent).toBe(0.25);
    expect(check.agrees).toBe(false);
  });

  test('rounding agrees, a picture that is off does not', () => {
    expect(compareProbes(probeOf([1, 2]), probeOf([1 + TOLERANCE.latent / 4, 2]), 1).agrees).toBe(true);
    expect(compareProbes(probeOf([1, 2]), probeOf([1, 2], [9, 128, 255, 255]), 1)).toMatchObject({
      pixel: 9,
      agrees: false,
    });
  });

  test('numbers that are no numbers never agree, also when only one is', () => {
    expect(compareProbes(probeOf([1, Number.NaN, 3]), probeOf([1, 2, 3]), 1)).toMatchObject({
      latent: Number.POSITIVE_INFINITY,
      agrees: false,
    });
  });
});
