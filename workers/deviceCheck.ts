import type { Probe } from './pipeline/probe';
import type { DeviceCheck } from './protocol';

/**
 * How far two devices may be apart on the probe (ours). Latents are about -4..4. Chromium's software adapter was 1.2e-4 away from
 * wasm, colours by one level of 256 (docs/devices.md); the rest is room for cards that add in another order.
 */
export const TOLERANCE = { latent: 2e-3, pixel: 4 } as const;

/**
 * For float16 weights, which a GPU computes with as they are and wasm as float32: its rounding (2^-11 of a value) adds up over some
 * hundred layers, and guidance multiplies it. Not measured on a card yet (ours); a broken kernel is off by ones.
 */
export const TOLERANCE_FLOAT16 = { latent: 0.2, pixel: 24 } as const;

/** Compares what this device drew with what the reference (wasm) drew. Not-a-number counts as infinitely far. */
export function compareProbes(
  own: Probe,
  reference: Probe,
  milliseconds: number,
  tolerance: DeviceCheck['tolerance'] = TOLERANCE,
): DeviceCheck {
  const latent = largestDifference(own.latent.data, reference.latent.data);
  const pixel = largestDifference(own.picture.pixels, reference.picture.pixels);
  return {
    latent,
    pixel,
    tolerance,
    agrees: latent <= tolerance.latent && pixel <= tolerance.pixel,
    milliseconds,
  };
}

/** @throws RangeError when the lengths differ. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`Cannot compare ${a.length} numbers with ${b.length}.`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
