import golden from '../golden/rs_corrector.json';
import type { Network } from '../types';

/** Numbers from torch (training/golden/rs_corrector.py). */
export { golden };

export const goldenDims = golden.latentDims as [number, number, number];

export function goldenNetwork(values: typeof golden.weights = golden.weights): Network {
  return {
    inputs: golden.pooled.length / (golden.fair + golden.stereotypical),
    hidden: golden.hidden,
    outputs: golden.outputs,
    w1: Float32Array.from(values.w1),
    b1: Float32Array.from(values.b1),
    w2: Float32Array.from(values.w2),
    b2: Float32Array.from(values.b2),
  };
}

/** Latent `i` of the golden batch, flat [channels, height, width]. */
export function goldenLatent(i: number): Float32Array {
  const size = goldenDims.reduce((a, b) => a * b);
  return Float32Array.from(golden.latents.slice(i * size, (i + 1) * size));
}

/** Its pooled form. */
export function goldenPooled(i: number): Float32Array {
  const { inputs } = goldenNetwork();
  return Float32Array.from(golden.pooled.slice(i * inputs, (i + 1) * inputs));
}

/** Largest absolute difference. */
export function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} numbers against ${b.length}.`);
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
