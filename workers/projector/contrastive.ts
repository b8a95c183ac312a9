import type { Array as JaxArray } from '@jax-js/jax';
import { adam, correctionsOf } from '../autodiff/adam';
import { type Jax, loadJax } from '../autodiff/jax';
import type { Network } from './types';

/** Sizes of one training batch: fair rows come first. */
export interface BatchShape {
  readonly fair: number;
  readonly stereotypical: number;
}

/** Trains one network; holds memory outside of JavaScript's heap until `close`. */
export interface Trainer {
  /** One step of Adam on a batch [fair + stereotypical, inputs], flat. @returns the loss before the step. */
  step(batch: Float32Array): number;
  /** The weights as they are now. */
  network(): Network;
  close(): void;
}

type Weights = { w1: JaxArray; b1: JaxArray; w2: JaxArray; b2: JaxArray };

/** Adam (Kingma and Ba 2015) on the contrastive loss. @param rate learning rate. @param tau temperature, above 0. */
export async function createTrainer(
  start: Network,
  shape: BatchShape,
  tau: number,
  rate: number,
): Promise<Trainer> {
  const jax = await loadJax();
  const { numpy: np, tree } = jax;
  const loss = contrastiveLoss(jax, shape, tau);
  const optimise = adam(jax, rate);

  /** All arguments are used up, as is the way of jax-js; `.ref` is one more use. */
  const update = jax.jit(
    (weights: Weights, first: Weights, second: Weights, batch: JaxArray, corrections: JaxArray) => {
      const [value, gradient] = jax.valueAndGrad(loss)(tree.ref(weights), batch);
      return { value, ...optimise(weights, first, second, gradient as Weights, corrections) };
    },
  );

  let weights = toJax(jax, start);
  let first = tree.map((weight: JaxArray) => np.zerosLike(weight), tree.ref(weights)) as Weights;
  let second = tree.map((weight: JaxArray) => np.zerosLike(weight), tree.ref(weights)) as Weights;
  let steps = 0;

  return {
    step(batch) {
      steps++;
      const corrections = np.array([...correctionsOf(steps)]);
      const rows = np.array(batch).reshape([shape.fair + shape.stereotypical, start.inputs]);
      const after = update(weights, first, second, rows, corrections);
      weights = after.next;
      first = after.m;
      second = after.v;
      return after.value.dataSync()[0]!;
    },
    network: () => ({
      ...start,
      w1: Float32Array.from(weights.w1.ref.dataSync()),
      b1: Float32Array.from(weights.b1.ref.dataSync()),
      w2: Float32Array.from(weights.w2.ref.dataSync()),
      b2: Float32Array.from(weights.b2.ref.dataSync()),
    }),
    close() {
      tree.dispose([weights, first, second]);
      update.dispose();
    },
  };
}

/**
 * Loss and gradient of one batch, for tests and for looking at a network.
 * @returns the gradient in the shape of the network.
 */
export async function lossAndGradient(
  network: Network,
  batch: Float32Array,
  shape: BatchShape,
  tau: number,
): Promise<{ readonly loss: number; readonly gradient: Network }> {
  const jax = await loadJax();
  const rows = jax.numpy.array(batch).reshape([shape.fair + shape.stereotypical, network.inputs]);
  const [value, gradient] = jax.valueAndGrad(contrastiveLoss(jax, shape, tau))(toJax(jax, network), rows);
  const data = (array: JaxArray) => Float32Array.from(array.dataSync());
  return {
    loss: value.dataSync()[0]!,
    gradient: {
      ...network,
      w1: data(gradient.w1),
      b1: data(gradient.b1),
      w2: data(gradient.w2),
      b2: data(gradient.b2),
    },
  };
}

/**
 * Supervised contrastive loss (methods.md 4.1, ours): every fair picture as an anchor i, every other fair one as its partner j,
 * against all stereotypical ones k:
 *   mean over i, j of  - log( sim(i,j) / (sim(i,j) + sum_k sim(i,k)) ),   sim(a,b) = exp( f(a).f(b) / tau )
 */
function contrastiveLoss({ numpy: np, nn }: Jax, { fair, stereotypical }: BatchShape, tau: number) {
  const pairs = fair * (fair - 1);
  return (weights: Weights, batch: JaxArray): JaxArray => {
    const active = nn.gelu(np.matmul(batch, weights.w1).add(weights.b1), { approximate: true });
    const out = np.matmul(active, weights.w2).add(weights.b2);
    const unit = out.ref.div(np.sqrt(np.sum(np.square(out), 1, { keepdims: true })));
    const anchors = unit.ref.slice([0, fair]);
    const others = unit.slice([fair, fair + stereotypical]);
    const alike = np.matmul(anchors.ref, np.transpose(anchors.ref)).div(tau);
    const against = nn.logsumexp(np.matmul(anchors, np.transpose(others)).div(tau), 1, { keepdims: true });
    const apart = np.ones([fair, fair]).sub(np.eye(fair));
    return np.sum(nn.softplus(against.sub(alike)).mul(apart)).div(pairs);
  };
}

function toJax({ numpy: np }: Jax, { inputs, hidden, outputs, w1, b1, w2, b2 }: Network): Weights {
  return {
    w1: np.array(w1).reshape([inputs, hidden]),
    b1: np.array(b1),
    w2: np.array(w2).reshape([hidden, outputs]),
    b2: np.array(b2),
  };
}
