import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTrainer, lossAndGradient } from './contrastive';
import { apart, golden, goldenNetwork } from './testing/golden';
import { gradientByHand } from './testing/gradient';
import type { Network } from './types';

const shape = { fair: golden.fair, stereotypical: golden.stereotypical };
const batch = Float32Array.from(golden.pooled);
const WEIGHTS = ['w1', 'b1', 'w2', 'b2'] as const;

function furthest(a: Network, b: Record<(typeof WEIGHTS)[number], ArrayLike<number>>): number {
  return Math.max(...WEIGHTS.map((name) => apart(a[name], b[name])));
}

describe('the contrastive loss', () => {
  it('and its gradient are those of torch', async () => {
    const { loss, gradient } = await lossAndGradient(goldenNetwork(), batch, shape, golden.tau);
    expect(loss).toBeCloseTo(golden.losses[0]!, 5);
    expect(Math.max(...golden.gradient.w1.map(Math.abs))).toBeGreaterThan(1e-2);
    expect(furthest(gradient, golden.gradient)).toBeLessThan(2e-6);
  });

  it('derived by hand is that of torch too', () => {
    const { loss, gradient } = gradientByHand(goldenNetwork(), batch, shape, golden.tau);
    expect(loss).toBeCloseTo(golden.losses[0]!, 6);
    expect(furthest(gradient, golden.gradient)).toBeLessThan(1e-6);
  });

  it('is the same compiled and by hand, at any size', async () => {
    const number = fc.integer({ min: -200, max: 200 }).map((n) => n / 100);
    const cases = fc
      .tuple(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 2, max: 4 }),
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
      )
      .chain(([inputs, hidden, outputs, fair, stereotypical]) => {
        const array = (length: number) =>
          fc.array(number, { minLength: length, maxLength: length }).map((a) => Float32Array.from(a));
        return fc.record({
          network: fc.record({
            inputs: fc.constant(inputs),
            hidden: fc.constant(hidden),
            outputs: fc.constant(outputs),
            w1: array(inputs * hidden),
            b1: array(hidden),
            w2: array(hidden * outputs),
            // Far from the origin, where the direction of an embedding is undefined.
            b2: array(outputs).map((b) => b.map((value, i) => value + (i === 0 ? 20 : 0))),
          }),
          batch: array((fair + stereotypical) * inputs),
          shape: fc.constant({ fair, stereotypical }),
        });
      });
    await fc.assert(
      fc.asyncProperty(cases, async ({ network, batch: rows, shape: sizes }) => {
        const compiled = await lossAndGradient(network, rows, sizes, 0.5);
        const byHand = gradientByHand(network, rows, sizes, 0.5);
        expect(compiled.loss).toBeCloseTo(byHand.loss, 4);
        expect(furthest(compiled.gradient, byHand.gradient)).toBeLessThan(1e-4);
      }),
      { numRuns: 12 },
    );
  });

  it('goes down as in torch, step by step of Adam', async () => {
    const trainer = await createTrainer(goldenNetwork(), shape, golden.tau, golden.rate);
    const losses = [0, 1, 2].map(() => trainer.step(batch));
    expect(apart(losses, golden.losses)).toBeLessThan(1e-4);
    expect(losses[2]).toBeLessThan(losses[0]! - 0.01);
    // Adam divides by the size of the gradient, which makes much of the little that float32 and float64 differ by.
    expect(furthest(trainer.network(), golden.afterAdam)).toBeLessThan(1e-5);
    trainer.close();
  });
});
