import type { PredictionType } from './types';

/** Splits a latent value x = sqrt(bar) x0 + sqrt(1 - bar) eps into these parts, from what the model predicts. */
export function splitter(
  type: PredictionType,
  bar: number,
): (out: number, x: number) => { x0: number; eps: number } {
  const a = Math.sqrt(bar);
  const s = Math.sqrt(1 - bar);
  switch (type) {
    case 'epsilon':
      return (out, x) => ({ x0: (x - s * out) / a, eps: out });
    case 'v_prediction':
      return (out, x) => ({ x0: a * x - s * out, eps: a * out + s * x });
    case 'sample':
      return (out, x) => ({ x0: out, eps: (x - a * out) / s });
  }
}

/** The clean part of a latent value x = x0 + sigma eps, from what the model predicts. */
export function cleaner(type: PredictionType, sigma: number): (out: number, x: number) => number {
  const variance = sigma ** 2 + 1;
  switch (type) {
    case 'epsilon':
      return (out, x) => x - sigma * out;
    case 'v_prediction':
      return (out, x) => x / variance - (out * sigma) / Math.sqrt(variance);
    case 'sample':
      return (out) => out;
  }
}
