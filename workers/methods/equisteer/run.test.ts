import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareLane } from '../../pipeline/lanes';
import type { Pipeline } from '../../pipeline/pipeline';
import { testHost, testUnet } from '../../testing/host';
import { lane, openPipeline, record, request, TINY } from '../../testing/tiny';
import { resolveParameters } from '../parameters';
import { start } from './run';
import { spec } from './spec';

/** Through the real loop and a real UNet (tiny, of random weights); endToEnd.test.ts has what all methods must do. */
let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline(TINY);
}, 60_000);
afterAll(() => pipeline.close());

const draw = (...lanes: Parameters<typeof lane>[]) =>
  record(pipeline, request({ steps: 4, lanes: lanes.map((one) => lane(...one)) }));

describe('EquiSteer', () => {
  it('measures each prompt once, by step, and not again for another value of its other parameters', async () => {
    const first = await draw(['equisteer', { pictures: 2 }]);
    // The plain prompt and those of two values; 2 pictures, 4 steps, 2 branches.
    expect(first.outcome.timings.unetEvaluationsPreparing).toBe(3 * 2 * 4 * 2);
    expect(first.outcome.timings.unetEvaluations).toBe(2 * 4 * 2);
    const second = await draw(
      ['equisteer', { pictures: 2, strength: 1 }],
      ['equisteer', { pictures: 2 }, 'same'],
    );
    expect(second.outcome.timings.unetEvaluationsPreparing).toBe(0);
    const pixelsOf = (run: typeof first, id: string) =>
      run.images.filter(({ laneId }) => laneId === id).map(({ pixels }) => [...pixels]);
    expect(pixelsOf(second, 'same')).toEqual(pixelsOf(first, 'equisteer'));
    expect(pixelsOf(second, 'equisteer')).not.toEqual(pixelsOf(first, 'equisteer'));
  });

  it('shows its measuring in the progress, which ends at its total', async () => {
    const { events } = await draw(['equisteer', { pictures: 3 }]);
    const progress = events.flatMap((event) => (event.type === 'progress' ? [event] : []));
    const measuring = progress.filter(({ indices }) => indices.length === 0);
    // 3 pictures are one batch.
    expect(measuring).toHaveLength(3 * 4);
    expect(progress.at(-1)).toMatchObject({
      done: 3 * 3 * 4 + 2 * 5,
      total: 3 * 3 * 4 + 2 * 5,
      remainingMs: 0,
    });
  });

  it('steers the conditional branch of every step, several attributes at once', async () => {
    const means = { data: Float32Array.from({ length: 8 }, (_, i) => Math.sin(i)), dims: [8] };
    const responses = { data: new Float32Array(2), dims: [2, 1] };
    const host = testHost({
      steps: 3,
      async rehearse({ prompt, run }) {
        const { plan, onSteering } = run(1);
        for (let index = 0; index < 3; index++) {
          const step = {
            index,
            total: 3,
            pass: 0,
            timestep: 0,
            alphaBar: 1,
            guidanceScale: 2,
            seed: 1,
            imageIndex: 0,
          };
          expect(plan!(step)).toEqual({ readSteering: ['cond'] });
          const moved = means.data.map((value, i) => value + (i === prompt.length % 8 ? 1 : 0));
          onSteering!(step, { cond: { means: { data: moved, dims: [8] }, responses } });
        }
      },
    });
    const method = await start(host, resolveParameters(spec, { attribute: 'gender-tone' }));
    const { plan, trace } = method.image({ index: 0, seed: 1 });
    expect(Object.keys(trace().assigned!)).toEqual(['gender', 'tone']);
    const { steer } = plan!({
      ...{ index: 2, total: 3, pass: 0, timestep: 0, alphaBar: 1 },
      guidanceScale: 2,
      seed: 1,
      imageIndex: 0,
    });
    expect(Object.keys(steer!)).toEqual(['cond']);
    expect(steer!.cond!.add!.dims).toEqual([8]);
    expect(steer!.cond!.renorm).toBe(1);
  });

  it('is refused by a model whose cross-attentions cannot be reached, before it measures anything', async () => {
    const { parts } = pipeline;
    const asked = request({ lanes: [lane('equisteer')] });
    const rehearsed: unknown[] = [];
    const weights = await parts.weights.of(undefined, undefined, () => {});
    const preparing = prepareLane(asked.lanes[0]!, {
      ...{ ...parts, request: asked, projectors: [], signal: new AbortController().signal },
      weights: { ...weights, denoiser: { ...weights.denoiser, unet: testUnet(['steering']) } },
      rehearse: async (rehearsal) => void rehearsed.push(rehearsal),
    });
    await expect(preparing).rejects.toMatchObject({ code: 'model-unsupported' });
    expect(rehearsed).toEqual([]);
  });
});
