import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tensor } from '../../../src/core/tensor';
import { pool, unpool } from '../../projector/pool';
import {
  apart,
  golden,
  goldenDims,
  goldenLatent,
  goldenNetwork,
  goldenPooled,
} from '../../projector/testing/golden';
import { directLoss, priorLoss } from './guidance';

const { guidance, tau } = golden;
const prior = {
  fair: Float32Array.from(guidance.fair),
  stereotypical: Float32Array.from(guidance.stereotypical),
};
const latent = tensor(goldenLatent(guidance.latent), goldenDims);
const samples = [goldenPooled(guidance.fairSample), goldenPooled(guidance.stereotypicalSample)] as const;

const byLatent = (gradient: Float64Array) => unpool(Float32Array.from(gradient), goldenDims).data;
const largest = (values: readonly number[]) => Math.max(...values.map(Math.abs));

describe('the prior loss', () => {
  it('and its gradient by the latent are those of torch', () => {
    const { value, gradient } = priorLoss(goldenNetwork(), prior, tau, pool(latent));
    expect(value).toBeCloseTo(guidance.prior, 6);
    expect(apart(byLatent(gradient), guidance.by_prior)).toBeLessThan(1e-5 * largest(guidance.by_prior));
  });

  it('has no direction when both sets are the same', () => {
    const number = fc.integer({ min: -30, max: 30 }).map((n) => n / 10);
    const row = fc.array(number, { minLength: golden.outputs, maxLength: golden.outputs });
    fc.assert(
      fc.property(row, (values) => {
        const same = Float32Array.from(values);
        const { value, gradient } = priorLoss(
          goldenNetwork(),
          { fair: same, stereotypical: same },
          tau,
          pool(latent),
        );
        expect(value).toBeCloseTo(Math.LN2, 12);
        expect(gradient.every((g) => g === 0)).toBe(true);
      }),
    );
  });

  it('holds at any distance, without overflow', () => {
    const [fair, stereotypical] = [prior.fair.map((v) => 1e4 * v), prior.stereotypical.map((v) => -1e4 * v)];
    for (const sides of [
      { fair, stereotypical },
      { fair: stereotypical, stereotypical: fair },
    ]) {
      const { value, gradient } = priorLoss(goldenNetwork(), sides, tau, pool(latent));
      expect(Number.isFinite(value) && gradient.every(Number.isFinite)).toBe(true);
    }
  });
});

describe('the direct loss', () => {
  it('and its gradient by the latent are those of torch', () => {
    const { value, gradient } = directLoss(pool(latent), ...samples);
    expect(value).toBeCloseTo(guidance.direct, 6);
    expect(apart(byLatent(gradient), guidance.by_direct)).toBeLessThan(1e-5 * largest(guidance.by_direct));
  });

  it('does not push from a stereotypical sample beyond the margin', () => {
    const far = samples[1].map((value) => value + 3);
    const { gradient } = directLoss(pool(latent), samples[0], far);
    const pull = pool(latent).map((value, i) => (2 / far.length) * (value - samples[0][i]!));
    expect(apart(gradient, pull)).toBeLessThan(1e-7);
  });

  it('is finite at the samples themselves', () => {
    const { value, gradient } = directLoss(samples[0], samples[0], samples[0]);
    expect(value).toBe(1);
    expect(gradient.every((g) => g === 0)).toBe(true);
  });
});
