import type { Array as JaxArray } from '@jax-js/jax';
import { adam, correctionsOf } from '../autodiff/adam';
import { loadJax } from '../autodiff/jax';
import {
  type Batch,
  type Form,
  layout,
  lossOf,
  type Numbers,
  predict,
  type Shape,
  SIGNAL,
  sizeOf,
  TIMESTEPS,
  WAVES,
  type Weights,
  wavesOf,
} from './network';

/** Everything that a trainer goes on from. */
export interface TrainerState {
  readonly step: number;
  readonly weights: Numbers;
  /** Moving average of the weights, which draws. */
  readonly average: Numbers;
  readonly first: Numbers;
  readonly second: Numbers;
}

/** One training batch, shared by the networks that are compared; row-major. */
export interface Rows {
  readonly x: Float32Array;
  readonly wave: Float32Array;
  readonly mix: Float32Array;
  readonly velocity: Float32Array;
  readonly classes: Float32Array;
}

export interface StepReport {
  /** Mean squared error of the predicted velocity. */
  readonly error: number;
  /** Mean probability that the indicator gives the right class, 0..1. */
  readonly indicator: number;
}

/** Trains one denoiser; holds memory outside of JavaScript's heap until `close`. */
export interface Trainer {
  step(rows: Rows): StepReport;
  /** @param noise [count, pixels]. @returns pictures [count, pixels] in -1..1. */
  draw(noise: Float32Array, count: number): Float32Array;
  state(): TrainerState;
  close(): void;
}

const RATE = 2e-3;
/** Steps over which the rate rises from 0. */
const WARM = 50;
const DECAY = 0.998;
export const DRAWING_STEPS = 25;

/** @param alpha weight of the indicator's term, 0..1. */
export async function createTrainer(
  shape: Shape,
  start: TrainerState,
  alpha: number,
  form: Form,
): Promise<Trainer> {
  const jax = await loadJax();
  const { numpy: np, tree } = jax;
  const optimise = adam(jax, RATE);
  const gradientOf = jax.valueAndGrad(lossOf(jax, shape.blocks, alpha, form), { hasAux: true });
  const update = jax.jit(
    (
      weights: Weights,
      average: Weights,
      first: Weights,
      second: Weights,
      batch: Batch,
      numbers: JaxArray,
    ) => {
      const [[value, [mse, right]], gradient] = gradientOf(tree.ref(weights), batch as never) as unknown as [
        [JaxArray, [JaxArray, JaxArray]],
        Weights,
      ];
      value.dispose();
      const corrections = numbers.ref.slice([0, 2]);
      const keep = numbers.slice(2);
      const { next, m, v } = optimise(weights, first, second, gradient, corrections);
      const mean = tree.map(
        (old: JaxArray, now: JaxArray) => now.ref.add(old.sub(now).mul(keep.ref)),
        average,
        tree.ref(next),
      ) as Weights;
      keep.dispose();
      return { next, m, v, mean, told: np.stack([mse, right]) };
    },
  );
  const forward = jax.jit((weights: Weights, x: JaxArray, wave: JaxArray) => {
    const v = predict(jax, weights, shape.blocks, x, wave);
    tree.dispose(weights);
    return v;
  });

  const dims = layout(shape);
  const toJax = (numbers: Numbers): Weights =>
    Object.fromEntries(
      Object.entries(dims).map(([name, own]) => [name, np.array(numbers[name]!).reshape([...own])]),
    );
  const fromJax = (weights: Weights): Numbers =>
    Object.fromEntries(
      Object.entries(weights).map(([name, array]) => [name, Float32Array.from(array.ref.dataSync())]),
    );
  let { step } = start;
  let [weights, average, first, second] = [start.weights, start.average, start.first, start.second].map(
    toJax,
  ) as [Weights, Weights, Weights, Weights];

  return {
    step({ x, wave, mix, velocity, classes }) {
      step++;
      const count = classes.length / 2;
      const [one, two] = correctionsOf(step);
      const numbers = [one * Math.min(1, step / WARM), two, Math.min(DECAY, (1 + step) / (10 + step))];
      const after = update(
        weights,
        average,
        first,
        second,
        {
          x: np.array(x).reshape([count, shape.pixels]),
          wave: np.array(wave).reshape([count, WAVES]),
          mix: np.array(mix).reshape([count, 2]),
          velocity: np.array(velocity).reshape([count, shape.pixels]),
          classes: np.array(classes).reshape([count, 2]),
        },
        np.array(numbers),
      );
      ({ next: weights, m: first, v: second, mean: average } = after);
      const [error, indicator] = after.told.dataSync();
      return { error: error!, indicator: indicator! };
    },
    draw(noise, count) {
      return drawDdim(noise, count, (x, t) => {
        const wave = np.array(wavesOf(new Array<number>(count).fill(t))).reshape([count, WAVES]);
        const v = forward(tree.ref(average), np.array(x).reshape([count, shape.pixels]), wave);
        return v.dataSync() as Float32Array;
      });
    },
    state: () => ({
      step,
      weights: fromJax(weights),
      average: fromJax(average),
      first: fromJax(first),
      second: fromJax(second),
    }),
    close() {
      tree.dispose([weights, average, first, second]);
      update.dispose();
      forward.dispose();
    },
  };
}

/** DDIM (Song et al. 2021) without noise in the steps; the predicted picture is kept within -1..1. */
export function drawDdim(
  start: Float32Array,
  count: number,
  predictVelocity: (x: Float32Array, timestep: number) => Float32Array,
): Float32Array {
  let x = start;
  for (let step = 0; step < DRAWING_STEPS; step++) {
    const t = timestepOf(step);
    const v = predictVelocity(x, t);
    const signal = SIGNAL[t]!;
    const after = step + 1 === DRAWING_STEPS ? 1 : SIGNAL[timestepOf(step + 1)]!;
    const next = new Float32Array(x.length);
    for (let i = 0; i < x.length; i++) {
      const clean = Math.sqrt(signal) * x[i]! - Math.sqrt(1 - signal) * v[i]!;
      const kept = Math.max(-1, Math.min(1, clean));
      const noise = (x[i]! - Math.sqrt(signal) * kept) / Math.sqrt(1 - signal);
      next[i] = Math.sqrt(after) * kept + Math.sqrt(1 - after) * noise;
    }
    x = next;
  }
  if (x.length % count !== 0) throw new RangeError(`${x.length} numbers are no ${count} pictures.`);
  return x;
}

const timestepOf = (step: number): number =>
  Math.round(((TIMESTEPS - 1) * (DRAWING_STEPS - 1 - step)) / (DRAWING_STEPS - 1));

/** At step 0. */
export function freshState(shape: Shape, weights: Numbers): TrainerState {
  const zeros = (): Numbers =>
    Object.fromEntries(
      Object.entries(layout(shape)).map(([name, dims]) => [name, new Float32Array(sizeOf(dims))]),
    );
  return { step: 0, weights, average: weights, first: zeros(), second: zeros() };
}
