import type { Array as JaxArray } from '@jax-js/jax';
import { createPrng, torchRandn } from '../../src/core/rng';
import type { Jax } from '../autodiff/jax';

/**
 * The laboratory's denoiser, small enough to learn in a minute on a laptop's CPU: a residual network over the 196 pixels of a 14 x 14
 * picture. x [B, 196] and the waves of the timestep [B, 32] give the predicted velocity (Salimans and Ho 2022), and with it the noise:
 *
 *   h   = x @ into.w + into.b + wave @ into.t
 *   h   = h + silu(standardize(h) @ k.a + k.c + wave @ k.t) @ k.b + k.d      for each block k
 *   v   = silu(standardize(h)) @ out.w + out.b,      eps = sqrt(signal) v + sqrt(1 - signal) x
 *
 * A network that had to give the noise itself would need to pass on 196 numbers of it, and drew noise for its first thousand steps.
 *
 * and DDM's indicator, a smaller one of the official code's: logits = relu(eps @ seen.w + seen.b) @ told.w + told.b.
 */
export interface Shape {
  readonly pixels: number;
  readonly width: number;
  readonly blocks: number;
  /** Of the indicator. */
  readonly seen: number;
}

export const SHAPE: Shape = { pixels: 196, width: 192, blocks: 2, seen: 64 };
/** Sines, then as many cosines. */
export const WAVES = 32;
export const TIMESTEPS = 1000;

/** Dimensions of every weight, by name; vectors have one. */
export function layout({ pixels, width, blocks, seen }: Shape): Readonly<Record<string, readonly number[]>> {
  const block = (k: number) => ({
    [`${k}.a`]: [width, width],
    [`${k}.c`]: [width],
    [`${k}.t`]: [WAVES, width],
    [`${k}.b`]: [width, width],
    [`${k}.d`]: [width],
  });
  return {
    'into.w': [pixels, width],
    'into.b': [width],
    'into.t': [WAVES, width],
    ...Object.assign({}, ...Array.from({ length: blocks }, (_, k) => block(k))),
    'out.w': [width, pixels],
    'out.b': [pixels],
    'seen.w': [pixels, seen],
    'seen.b': [seen],
    'told.w': [seen, 2],
    'told.b': [2],
  };
}

export const sizeOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1);

/** Of the denoiser alone. */
export const parametersOf = (shape: Shape): number =>
  Object.entries(layout(shape))
    .filter(([name]) => !isIndicator(name))
    .reduce((sum, [, dims]) => sum + sizeOf(dims), 0);

export const isIndicator = (name: string): boolean => name.startsWith('seen.') || name.startsWith('told.');

export type Numbers = Readonly<Record<string, Float32Array>>;

/** Matrices uniform within 1 / sqrt(inputs), as torch's Linear has them; vectors and the last layer at 0. */
export function firstWeights(shape: Shape, seed: number): Numbers {
  const random = createPrng(seed);
  return Object.fromEntries(
    Object.entries(layout(shape)).map(([name, dims]) => {
      const data = new Float32Array(sizeOf(dims));
      const bound = dims.length < 2 || name === 'out.w' ? 0 : 1 / Math.sqrt(dims[0]!);
      for (let i = 0; bound > 0 && i < data.length; i++) data[i] = (2 * random.uniform() - 1) * bound;
      return [name, data];
    }),
  );
}

/** Sines, then cosines, of t times 10000^(-k / 16). @returns [timesteps, 32], row-major. */
export function wavesOf(timesteps: readonly number[]): Float32Array {
  const half = WAVES / 2;
  const data = new Float32Array(timesteps.length * WAVES);
  timesteps.forEach((t, row) => {
    for (let k = 0; k < half; k++) {
      const angle = t * 10_000 ** (-k / half);
      data[row * WAVES + k] = Math.sin(angle);
      data[row * WAVES + half + k] = Math.cos(angle);
    }
  });
  return data;
}

/** What is left of the picture's variance at each timestep (Ho et al. 2020: betas from 1e-4 to 0.02). */
export const SIGNAL: Float64Array = (() => {
  const signal = new Float64Array(TIMESTEPS);
  let product = 1;
  for (let t = 0; t < TIMESTEPS; t++) {
    product *= 1 - (1e-4 + ((0.02 - 1e-4) * t) / (TIMESTEPS - 1));
    signal[t] = product;
  }
  return signal;
})();

/** Standard normal numbers by seed, as everywhere in this project. */
export const noiseOf = (seed: number, count: number): Float32Array => torchRandn(seed, count);

export type Weights = Record<string, JaxArray>;

/** @returns the predicted velocity [B, pixels]. Uses up x and wave, not the weights. */
export function predict(
  { numpy: np, nn }: Jax,
  weights: Weights,
  blocks: number,
  x: JaxArray,
  wave: JaxArray,
): JaxArray {
  const at = (name: string) => weights[name]!.ref;
  let h = np
    .matmul(x, at('into.w'))
    .add(at('into.b'))
    .add(np.matmul(wave.ref, at('into.t')));
  for (let k = 0; k < blocks; k++) {
    const inner = np
      .matmul(nn.standardize(h.ref), at(`${k}.a`))
      .add(at(`${k}.c`))
      .add(np.matmul(wave.ref, at(`${k}.t`)));
    h = h.add(np.matmul(nn.silu(inner), at(`${k}.b`)).add(at(`${k}.d`)));
  }
  wave.dispose();
  return np.matmul(nn.silu(nn.standardize(h)), at('out.w')).add(at('out.b'));
}

/**
 * The indicator's log-probabilities of the two classes [B, 2]. Uses up eps, not the weights.
 * @param frozen no gradient reaches the indicator's own weights.
 */
function indicate({ numpy: np, nn, lax }: Jax, weights: Weights, eps: JaxArray, frozen: boolean): JaxArray {
  const at = (name: string) => (frozen ? lax.stopGradient(weights[name]!.ref) : weights[name]!.ref);
  const hidden = nn.relu(np.matmul(eps, at('seen.w')).add(at('seen.b')));
  return nn.logSoftmax(np.matmul(hidden, at('told.w')).add(at('told.b')), -1);
}

/** How the indicator's term reaches the denoiser: `ddm` as published, `ddm-adv` with the sign turned (ours). */
export type Form = 'ddm' | 'ddm-adv';

export interface Batch {
  /** Noisy pictures [B, pixels]. */
  readonly x: JaxArray;
  /** [B, 32] */
  readonly wave: JaxArray;
  /** Square roots of the signal's and of the noise's share of the variance [B, 2]. */
  readonly mix: JaxArray;
  /** sqrt(signal) noise - sqrt(1 - signal) picture, [B, pixels]. */
  readonly velocity: JaxArray;
  /** One-hot classes [B, 2]. */
  readonly classes: JaxArray;
}

/**
 * DDM's loss (Huang et al. 2025; methods.md 4.2), as training/variants/ddm.py has it, with the squared error taken of the velocity. `ddm`: (1 - alpha) MSE + alpha CE, minimised by the denoiser and
 * the indicator together. `ddm-adv`: the indicator minimises alpha CE alone, the denoiser (1 - alpha) MSE - alpha H, with H the entropy of
 * the indicator's answer. With alpha 0 this is the plain denoiser. Uses up all arguments.
 * @returns what is minimised, and beside it the squared error and the share of classes that the indicator has right.
 */
export function lossOf(jax: Jax, blocks: number, alpha: number, form: Form) {
  const { numpy: np, lax, tree } = jax;
  return (weights: Weights, { x, wave, mix, velocity, classes }: Batch): [JaxArray, [JaxArray, JaxArray]] => {
    const v = predict(jax, weights, blocks, x.ref, wave);
    const mse = np.mean(np.square(v.ref.sub(velocity)));
    const eps = v.mul(mix.ref.slice([], [0, 1])).add(x.mul(mix.slice([], [1, 2])));
    const crossEntropy = (logs: JaxArray) => np.mean(np.sum(logs.mul(classes.ref), -1)).mul(-1);
    const own = indicate(jax, weights, lax.stopGradient(eps.ref), false);
    const right = np.mean(np.sum(np.exp(own.ref).mul(classes.ref), -1));
    const through = indicate(jax, weights, eps, true);
    const term =
      form === 'ddm' ? crossEntropy(through) : np.mean(np.sum(np.exp(through.ref).mul(through), -1));
    const total = mse.ref.mul(1 - alpha).add(crossEntropy(own).add(term).mul(alpha));
    classes.dispose();
    tree.dispose(weights);
    return [total, [lax.stopGradient(mse), lax.stopGradient(right)]];
  };
}
