import { createPrng } from '../../../src/core/rng';
import type { Network, Projector } from '../types';

/** Random numbers in -1..1. */
export function randomRow(length: number, seed: number): Float32Array {
  const random = createPrng(seed);
  return Float32Array.from({ length }, () => 2 * random.uniform() - 1);
}

/**
 * A projector of random weights for small latents, for tests that need no training. One group, whose sets differ in their
 * first `inputs / 2` numbers.
 */
export function madeProjector(changes: Partial<Projector> = {}): Projector {
  const latentDims = changes.latentDims ?? ([2, 4, 4] as const);
  const inputs = latentDims.reduce((a, b) => a * b);
  const [hidden, outputs] = [6, 4];
  const network: Network = {
    inputs,
    hidden,
    outputs,
    w1: randomRow(inputs * hidden, 1).map((w) => w / Math.sqrt(inputs)),
    b1: randomRow(hidden, 2),
    w2: randomRow(hidden * outputs, 3),
    b2: randomRow(outputs, 4),
  };
  const rows = (seed: number, shift: number) =>
    randomRow(5 * inputs, seed).map((value, i) => value + (i % inputs < inputs / 2 ? shift : 0));
  return {
    id: '0123456789abcdef',
    name: 'Made for a test',
    source: 'random numbers',
    createdAt: 1,
    model: { title: 'Tiny', hash: 'a'.repeat(64) },
    latentDims,
    network,
    groups: [
      {
        id: 'dark',
        title: 'Dark',
        prior: { fair: unit(randomRow(outputs, 5)), stereotypical: unit(randomRow(outputs, 6)) },
        separation: { auc: 0.9, low: 0.8, high: 1, heldOut: 20 },
        fair: rows(7, 1),
        stereotypical: rows(8, -1),
      },
    ],
    tau: 0.1,
    training: { steps: 3, seed: 1, losses: [3, 2, 1] },
    ...changes,
  };
}

function unit(row: Float32Array): Float32Array {
  const length = Math.hypot(...row);
  return row.map((value) => value / length);
}
