import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../src/core/schedulers';
import { type Tensor, tensor } from '../../src/core/tensor';
import type { Condition, MethodRun } from '../methods/method';
import type { BranchInput, Denoiser } from './denoiser';
import { denoise, type LoopOptions } from './loop';

const of = (...values: number[]): Tensor => tensor(Float32Array.from(values), [values.length]);
const condition = (value: number): Condition => ({
  prompt: String(value),
  k: of(value),
  v: of(value),
  eos: 0,
});
const scheduler = createScheduler('ddim', { _class_name: 'DDIMScheduler', clip_sample: false }, 4);

/** A UNet that answers latent * 0 + the text's value, and remembers what it was asked. */
function fakeDenoiser(answer = (input: BranchInput) => input.condition.k.data[0]!) {
  const calls: { count: number; timestep: number }[] = [];
  const denoiser: Denoiser = {
    runMilliseconds: () => 0,
    async predict(inputs, timestep) {
      calls.push({ count: inputs.length, timestep });
      return inputs.map((input) => of(answer(input), answer(input)));
    },
  };
  return { denoiser, calls };
}

function image(index: number, run: Partial<MethodRun> = {}) {
  return {
    slot: { index, seed: 100 + index },
    run: { trace: () => ({}), ...run },
    conditions: { uncond: condition(0.1), cond: condition(0.2 + index / 10) },
    latent: of(1, -1),
  };
}

const options = (denoiser: Denoiser, changes: Partial<LoopOptions> = {}): LoopOptions => ({
  denoiser,
  scheduler,
  guidanceScale: 2,
  signal: new AbortController().signal,
  onStep: () => {},
  ...changes,
});

describe('the denoise loop', () => {
  it('asks the UNet once a step, for every branch of every image', async () => {
    const { denoiser, calls } = fakeDenoiser();
    await denoise([image(0), image(1), image(2)], options(denoiser));
    expect(calls.map(({ count }) => count)).toEqual([6, 6, 6, 6]);
    expect(calls.map(({ timestep }) => timestep)).toEqual(scheduler.timesteps);
  });

  it('steps with the guided prediction: 0.1 + 2 (0.2 - 0.1) = 0.3', async () => {
    const { denoiser } = fakeDenoiser();
    const [latent] = await denoise([image(0)], options(denoiser));
    let expected = Float32Array.of(1, -1);
    for (let i = 0; i < 4; i++)
      expected = Float32Array.from(scheduler.step(Float32Array.of(0.3, 0.3), i, expected));
    latent!.data.forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k]!, 5);
    });
  });

  it('lets the hooks of one image act on that image alone', async () => {
    const { denoiser } = fakeDenoiser();
    const plain = await denoise([image(0), image(1)], options(denoiser));
    const shifted = image(1, {
      postStep: (_, latent) =>
        tensor(
          latent.data.map((x) => x + 1),
          latent.dims,
        ),
    });
    const [first, second] = await denoise([image(0), shifted], options(denoiser));
    expect(first!.data).toEqual(plain[0]!.data);
    expect(second!.data).not.toEqual(plain[1]!.data);
  });

  it('tells the hooks where they are and gives them the clean estimate only when asked', async () => {
    const { denoiser } = fakeDenoiser();
    const seen: string[] = [];
    const run: Partial<MethodRun> = {
      stepConditions: (step, base) => {
        seen.push(`${step.index}/${step.total} ${step.seed} ${step.imageIndex}`);
        return step.index < 2 ? { cond: base.cond! } : base;
      },
      preStep: (step, latent, prediction, denoised) => {
        const clean = scheduler.denoised(prediction.data, step.index, latent.data);
        expect(denoised().data).toEqual(clean);
        return latent;
      },
    };
    const counts: number[] = [];
    await denoise(
      [image(3, run)],
      options(denoiser, { onStep: ({ evaluations }) => void counts.push(evaluations) }),
    );
    expect(seen).toEqual(['0/4 103 3', '1/4 103 3', '2/4 103 3', '3/4 103 3']);
    expect(counts).toEqual([1, 1, 2, 2]);
  });

  it('hands a method every branch it asked for, by name', async () => {
    const { denoiser } = fakeDenoiser();
    const combined: string[][] = [];
    const run: Partial<MethodRun> = {
      combine: (_, predictions) => {
        combined.push(Object.keys(predictions));
        return predictions.extra!;
      },
    };
    const with3 = { ...image(0, run), conditions: { ...image(0).conditions, extra: condition(0.9) } };
    await denoise([with3], options(denoiser));
    expect(combined[0]).toEqual(['uncond', 'cond', 'extra']);
  });

  it('stops before the next step when a cancel came as a message', async () => {
    const { denoiser, calls } = fakeDenoiser();
    const controller = new AbortController();
    const onStep = ({ index }: { index: number }) => {
      if (index === 1) setImmediate(() => controller.abort());
    };
    const run = denoise([image(0)], options(denoiser, { signal: controller.signal, onStep }));
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(calls.length).toBeLessThanOrEqual(3);
  });

  it('stops at NaN', async () => {
    const { denoiser } = fakeDenoiser(() => Number.NaN);
    await expect(denoise([image(0)], options(denoiser))).rejects.toMatchObject({ code: 'numerics-wrong' });
  });
});
