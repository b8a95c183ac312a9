import { describe, expect, it } from 'vitest';
import { createScheduler } from '../../src/core/schedulers';
import { type Tensor, tensor } from '../../src/core/tensor';
import type { Condition, MethodRun } from '../methods/method';
import { testUnet } from '../testing/host';
import type { BranchAnswer, BranchInput } from './branches';
import type { Denoiser } from './denoiser';
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
    unet: testUnet(),
    guidesItself: false,
    runMilliseconds: () => 0,
    async predict(inputs, timestep) {
      calls.push({ count: inputs.length, timestep });
      return inputs.map((input): BranchAnswer => ({ prediction: of(answer(input), answer(input)) }));
    },
  };
  return { denoiser, calls };
}

function image(index: number, run: Partial<MethodRun> = {}) {
  return {
    slot: { index, seed: 100 + index },
    run: { trace: () => ({}), ...run },
    conditions: { uncond: condition(0.1), cond: condition(0.2 + index / 10) },
    noise: { start: of(1, -1), ofStep: () => Float32Array.of(0, 0) },
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
    const walk = scheduler.walk(() => Float32Array.of(0, 0));
    for (let i = 0; i < 4; i++)
      expected = Float32Array.from(walk.step(Float32Array.of(0.3, 0.3), i, expected));
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

  it('hands over what a plan asked for before combine of the same step, and nothing that was not asked', async () => {
    const inputs: BranchInput[] = [];
    const maps = { tokens: [2], layers: [] };
    const { denoiser } = fakeDenoiser();
    const answering: Denoiser = {
      ...denoiser,
      async predict(asked, timestep) {
        inputs.push(...asked);
        const answers = await denoiser.predict(asked, timestep);
        return answers.map((answer, i) => ({
          ...answer,
          ...(asked[i]!.probe ? { maps } : {}),
          ...(asked[i]!.readMiddle ? { middle: of(7) } : {}),
        }));
      },
    };
    const seen: string[] = [];
    const run: Partial<MethodRun> = {
      plan: ({ index }) =>
        index === 1
          ? {
              probe: ['cond', 'absent'],
              readMiddle: ['uncond'],
              hDelta: { cond: of(5) },
              steer: { cond: {} },
            }
          : {},
      onMaps: ({ index }, given) => void seen.push(`maps ${index} ${Object.keys(given)}`),
      onMiddle: ({ index }, given) => void seen.push(`middle ${index} ${Object.keys(given)}`),
      onSteering: () => void seen.push('steering'),
      combine: ({ index }, predictions) => {
        seen.push(`combine ${index}`);
        return predictions.cond!;
      },
    };
    const probes = { tokens: [2], from: 0, to: 1 };
    await denoise([{ ...image(0, run), probes }], options(answering));
    expect(seen).toEqual([
      ...['combine 0', 'maps 1 cond', 'middle 1 uncond', 'combine 1', 'combine 2', 'combine 3'],
    ]);
    const [uncond, cond] = inputs.slice(2, 4);
    expect(Object.keys(uncond!)).toEqual(['steering', 'latent', 'condition', 'readMiddle']);
    expect(cond).toMatchObject({ probe: [2], hDelta: of(5), steering: {} });
    expect(inputs.slice(4).every((input) => Object.keys(input).length === 2)).toBe(true);
  });

  it('goes over the last steps again from the latent that a run gives, with that image alone', async () => {
    const { denoiser, calls } = fakeDenoiser();
    const [plain] = await denoise([image(0)], options(denoiser));
    const kept: Tensor[] = [];
    const passes: string[] = [];
    const again: Partial<MethodRun> = {
      postStep: ({ index, pass }, latent) => {
        passes.push(`${pass}.${index}`);
        kept[index] = latent;
        return latent;
      },
      nextPass: (pass) => (pass === 0 ? { from: 2, latent: kept[1]! } : undefined),
    };
    const added: number[] = [];
    calls.length = 0;
    const steps: (readonly number[])[] = [];
    const drawn = await denoise(
      [image(0), image(0, again)],
      options(denoiser, {
        onPass: (steps) => void added.push(steps),
        onStep: (step) => void steps.push(step.images),
      }),
    );
    expect(calls.map(({ count }) => count)).toEqual([4, 4, 4, 4, 2, 2]);
    expect(passes).toEqual(['0.0', '0.1', '0.2', '0.3', '1.2', '1.3']);
    expect(added).toEqual([2]);
    expect(steps).toEqual([[0, 1], [0, 1], [0, 1], [0, 1], [1], [1]]);
    // The same steps from the same latent end where they ended.
    expect(drawn.map(({ data }) => data)).toEqual([plain!.data, plain!.data]);
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
