import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScheduler } from '../../src/core/schedulers';
import { distance } from '../onnx/testing';
import { createNodeRuntime } from '../runtime/node';
import { filesIn, OWN, sourceOf } from '../testing/brought';
import golden from './golden/lcm.json';
import { guidanceEmbedding } from './guidanceEmbedding';
import { denoise } from './loop';
import { noiseOf } from './noise';
import { loadPipeline, type Pipeline } from './pipeline';

/** own/ with the UNet of a latent consistency model, against diffusers in torch; made by `python -m training.golden.lcm_model`. */
let pipeline: Pipeline;
beforeAll(async () => {
  const files = new Map([...(await filesIn(OWN)), ...(await filesIn('workers/pipeline/golden/lcm'))]);
  // own/ keeps its UNet's weights beside the graph; lcm/ keeps none.
  files.delete('unet/weights.pb');
  pipeline = await loadPipeline(await sourceOf(files), await createNodeRuntime(1), () => {});
}, 60_000);
afterAll(() => pipeline.close());

describe('the guidance scale as a UNet takes it', () => {
  it.each(golden.embeddings)(
    'is what diffusers embeds ($scale in $width numbers)',
    ({ scale, width, values }) => {
      // Angles of thousands, which diffusers rounds to float32.
      expect(distance(guidanceEmbedding(scale, width), values)).toBeLessThan(1e-4);
    },
  );
});

describe('a latent consistency model, whose UNet guides itself', () => {
  it('starts with four steps of its own scheduler', () => {
    expect(pipeline.info.defaults).toMatchObject({ steps: 4, guidanceScale: 8.5, scheduler: 'lcm' });
  });

  it.each(golden.drawn)('draws at $scale what diffusers draws, in one branch', async ({ scale, latents }) => {
    const { textEncoder, denoiser, schedulerConfig } = pipeline.parts;
    expect(denoiser.guidesItself).toBe(true);
    const scheduler = createScheduler('lcm', schedulerConfig, golden.steps);
    const conditions = await textEncoder.encode(golden.prompts);
    let evaluations = 0;
    const drawn = await denoise(
      conditions.map((cond, index) => ({
        slot: { index, seed: golden.seeds[index]! },
        run: { trace: () => ({}) },
        conditions: { cond },
        noise: noiseOf(golden.seeds[index]!, golden.latentShape, scheduler),
      })),
      {
        ...{ denoiser, scheduler, guidanceScale: scale, signal: new AbortController().signal },
        onStep: (step) => {
          evaluations += step.evaluations;
        },
      },
    );
    for (const [i, { data }] of drawn.entries()) expect(distance(data, latents[i]!)).toBeLessThan(1e-3);
    expect(evaluations).toBe(golden.steps * golden.prompts.length);
  });

  it('listens to the scale', () => {
    const [strong, none] = golden.drawn;
    expect(distance(strong!.latents[0]!, none!.latents[0]!)).toBeGreaterThan(1e-2);
  });
});
