import type { Network } from './types';

/** One row through the network, with what its gradient needs. */
export interface Embedded {
  /** On the unit sphere: [outputs]. */
  readonly unit: Float64Array;
  /** d (direction . unit) / d input. @param direction [outputs]. @returns [inputs]. */
  gradient(direction: ArrayLike<number>): Float64Array;
}

/** Embeds one pooled latent [inputs]. Gradient by hand: two small matrix products. */
export function embed(network: Network, input: ArrayLike<number>): Embedded {
  const { inputs, hidden, outputs, w1, b1, w2, b2 } = network;
  if (input.length !== inputs) {
    throw new RangeError(`This projector takes ${inputs} numbers, got ${input.length}.`);
  }
  const z = Float64Array.from(b1);
  for (let i = 0; i < inputs; i++) {
    for (let h = 0; h < hidden; h++) z[h]! += input[i]! * w1[i * hidden + h]!;
  }
  const v = Float64Array.from(b2);
  for (let h = 0; h < hidden; h++) {
    const active = gelu(z[h]!);
    for (let o = 0; o < outputs; o++) v[o]! += active * w2[h * outputs + o]!;
  }
  const length = Math.hypot(...v) || 1;
  const unit = v.map((value) => value / length);
  return {
    unit,
    gradient(direction) {
      const along = unit.reduce((sum, u, o) => sum + u * direction[o]!, 0);
      const dv = unit.map((u, o) => (direction[o]! - along * u) / length);
      const dz = z.map((value, h) => {
        let sum = 0;
        for (let o = 0; o < outputs; o++) sum += dv[o]! * w2[h * outputs + o]!;
        return sum * geluSlope(value);
      });
      const out = new Float64Array(inputs);
      for (let i = 0; i < inputs; i++) {
        let sum = 0;
        for (let h = 0; h < hidden; h++) sum += dz[h]! * w1[i * hidden + h]!;
        out[i] = sum;
      }
      return out;
    },
  };
}

const SCALE = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** The tanh form (Hendrycks and Gimpel 2016), torch's gelu(approximate='tanh'). */
export function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(SCALE * (x + CUBIC * x ** 3)));
}

export function geluSlope(x: number): number {
  const t = Math.tanh(SCALE * (x + CUBIC * x ** 3));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * SCALE * (1 + 3 * CUBIC * x * x);
}
