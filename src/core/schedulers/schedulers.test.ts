import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createScheduler, SCHEDULER_IDS } from './index';

interface Case {
  readonly config: Readonly<Record<string, unknown>>;
  readonly steps: number;
  readonly timesteps: readonly number[];
  readonly initNoiseSigma: number;
  readonly noised: readonly number[];
  /** Per step: the scaled input, the x0 estimate where diffusers tells it, the next latent. */
  readonly rows: readonly (readonly [
    scaled: readonly number[],
    denoised: readonly number[] | null,
    next: readonly number[],
  ])[];
}
interface Golden {
  readonly predictions: readonly (readonly number[])[];
  readonly noise: readonly number[];
  /** What torch.randn draws for the steps of one generator, in order. */
  readonly fresh: readonly (readonly number[])[];
  readonly cases: readonly Case[];
  readonly spacings: readonly { readonly spacing: string; readonly sums: readonly (number | null)[] }[];
}

function golden(id: string): Golden {
  return JSON.parse(readFileSync(new URL(`./golden/${id}.json`, import.meta.url), 'utf8'));
}

/** Difference, relative to the largest of the numbers that the step works with; the largest measured is 1.2e-6. */
function expectNear(actual: ArrayLike<number>, expected: readonly number[], inputs: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1e-3, ...Array.from(inputs, Math.abs), ...expected.map(Math.abs));
  expected.forEach((value, k) => {
    expect(Math.abs(value - actual[k]!) / scale).toBeLessThan(5e-6);
  });
}

describe.each(SCHEDULER_IDS)('%s equals diffusers', (id) => {
  const { predictions, noise, fresh, cases, spacings } = golden(id);

  it.each(cases.map((c) => ({ ...c, title: JSON.stringify(c.config) })))('$steps steps of $title', (c) => {
    const scheduler = createScheduler(id, c.config, c.steps);
    expect(scheduler.timesteps).toEqual(c.timesteps);
    expect(scheduler.initNoiseSigma / c.initNoiseSigma).toBeCloseTo(1, 5);
    let latent = Float32Array.from(noise, (x) => x * c.initNoiseSigma);
    const walk = scheduler.walk((i) => Float32Array.from(fresh[i]!));
    c.rows.forEach(([scaled, denoised, next], i) => {
      const prediction = Float32Array.from(predictions[i]!);
      expectNear(scheduler.scaleInput(latent, i), scaled, scaled);
      if (denoised) expectNear(scheduler.denoised(prediction, i, latent), denoised, latent);
      expectNear(walk.step(prediction, i, latent), next, latent);
      latent = Float32Array.from(next);
    });
    const noised = scheduler.addNoise(
      Float32Array.from(predictions[0]!),
      Float32Array.from(noise),
      c.timesteps.length - 1,
    );
    expectNear(noised, c.noised, noise);
  });

  it.each(spacings)('every timestep of 1 to 120 steps, $spacing', ({ spacing, sums }) => {
    sums.forEach((sum, k) => {
      if (sum === null) return;
      const config = { timestep_spacing: spacing, skip_prk_steps: true };
      const { timesteps } = createScheduler(id, config, k + 1);
      expect(timesteps).toHaveLength(id === 'pndm' && k > 0 ? k + 2 : k + 1);
      expect(timesteps.reduce((total, t, i) => total + (i + 1) * t, 0)).toBe(sum);
    });
  });
});
