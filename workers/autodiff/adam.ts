import type { Array as JaxArray } from '@jax-js/jax';
import type { Jax } from './jax';

/** Weights by name. */
export type Weights<K extends string = string> = Record<K, JaxArray>;

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** The bias corrections of a step, counted from 1, as `adam` takes them. */
export const correctionsOf = (step: number): readonly [number, number] => [
  1 / (1 - BETA1 ** step),
  1 / (1 - BETA2 ** step),
];

/**
 * One update of Adam (Kingma and Ba 2015), to be traced inside jit.
 * @param rate learning rate. @returns a function that uses up all its arguments, as is the way of jax-js.
 */
export function adam({ numpy: np, tree }: Jax, rate: number) {
  return <W extends Weights>(
    weights: W,
    first: W,
    second: W,
    gradient: W,
    corrections: JaxArray,
  ): { next: W; m: W; v: W } => {
    const [correction1, correction2] = [corrections.ref.slice(0), corrections.slice(1)];
    const m = tree.map(
      (mean: JaxArray, g: JaxArray) => mean.mul(BETA1).add(g.mul(1 - BETA1)),
      first,
      tree.ref(gradient),
    ) as W;
    const v = tree.map(
      (mean: JaxArray, g: JaxArray) => mean.mul(BETA2).add(np.square(g).mul(1 - BETA2)),
      second,
      gradient,
    ) as W;
    const next = tree.map(
      (weight: JaxArray, mean: JaxArray, square: JaxArray) => {
        const size = np.sqrt(square.mul(correction2.ref)).add(EPSILON);
        return weight.sub(mean.mul(correction1.ref).mul(rate).div(size));
      },
      weights,
      tree.ref(m),
      tree.ref(v),
    ) as W;
    correction1.dispose();
    correction2.dispose();
    return { next, m, v };
  };
}
