import type { Array as JaxArray } from '@jax-js/jax';
import { describe, expect, it } from 'vitest';
import { type Jax, loadJax } from '../autodiff/jax';
import golden from './golden/laboratory.json';
import {
  type Form,
  firstWeights,
  layout,
  lossOf,
  parametersOf,
  predict,
  SHAPE,
  WAVES,
  type Weights,
  wavesOf,
} from './network';

/** Made by `python -m training.golden.laboratory`. */
const { shape, batch } = golden;

const rows = ({ numpy: np }: Jax, data: readonly number[], width: number): JaxArray =>
  np.array([...data]).reshape([batch, width]);

const toJax = ({ numpy: np }: Jax): Weights =>
  Object.fromEntries(
    Object.entries(layout(shape)).map(([name, dims]) => [
      name,
      np.array([...golden.weights[name as keyof typeof golden.weights]]).reshape([...dims]),
    ]),
  );

const far = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe('the network of the laboratory', () => {
  it('embeds timesteps as torch does', () => {
    expect(far(wavesOf(golden.timesteps), golden.wave)).toBeLessThan(1e-6);
  });

  it('predicts what torch predicts', async () => {
    const jax = await loadJax();
    const weights = toJax(jax);
    const x = rows(jax, golden.x, shape.pixels);
    const v = predict(jax, weights, shape.blocks, x, rows(jax, golden.wave, WAVES));
    expect(far(v.dataSync(), golden.v)).toBeLessThan(1e-5);
  });

  it.each(['ddm', 'ddm-adv'] as const)(
    'has the loss and the gradient of %s that torch has',
    async (form: Form) => {
      const jax = await loadJax();
      const classes = golden.labels.flatMap((label) => [1 - label, label]);
      const gradientOf = jax.valueAndGrad(lossOf(jax, shape.blocks, golden.alpha, form), { hasAux: true });
      const [[total, [mse]], gradient] = gradientOf(toJax(jax), {
        x: rows(jax, golden.x, shape.pixels),
        wave: rows(jax, golden.wave, WAVES),
        mix: rows(jax, golden.mix, 2),
        velocity: rows(jax, golden.velocity, shape.pixels),
        classes: rows(jax, classes, 2),
      }) as unknown as [[JaxArray, [JaxArray, JaxArray]], Weights];
      const expected = golden.forms[form];
      expect(total.dataSync()[0]).toBeCloseTo(expected.total, 5);
      expect(mse.dataSync()[0]).toBeCloseTo(expected.mse, 5);
      for (const [name, values] of Object.entries(expected.gradient)) {
        expect(far(gradient[name]!.dataSync(), values), name).toBeLessThan(2e-5);
      }
    },
  );

  it('stays under 300,000 weights, and starts by predicting nothing', () => {
    expect(parametersOf(SHAPE)).toBeLessThan(300_000);
    const weights = firstWeights(shape, 1);
    expect(weights['out.w']!.every((value) => value === 0)).toBe(true);
    expect(firstWeights(shape, 1)).toEqual(weights);
    expect(firstWeights(shape, 2)['into.w']).not.toEqual(weights['into.w']);
  });
});
