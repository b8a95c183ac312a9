import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScheduler, SCHEDULER_IDS } from '../../src/core/schedulers';
import { tensor } from '../../src/core/tensor';
import { distance } from '../onnx/testing';
import { createNodeRuntime } from '../runtime/node';
import { filesIn, OWN, sourceOf } from '../testing/brought';
import golden from './golden/own.json';
import { denoise } from './loop';
import { noiseOf } from './noise';
import { loadPipeline, type Pipeline } from './pipeline';

/** A pipeline as users bring it, against diffusers in torch; made by `python -m training.golden.own_model`. */
let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await loadPipeline(await sourceOf(await filesIn(OWN)), await createNodeRuntime(1), () => {});
}, 60_000);
afterAll(() => pipeline.close());

const dims = golden.latentShape;

describe('a pipeline with vocab and merges, external weights and the scheduler config of Stable Diffusion 1', () => {
  it('says what it is', () => {
    expect(pipeline.info.unet.summary).toContain('4 cross-attentions (1 down, 1 mid, 2 up)');
    expect(pipeline.info.defaults.scheduler).toBe('pndm');
  });

  it.each(SCHEDULER_IDS)('draws with %s what diffusers draws, after 10 steps within 1e-3', async (id) => {
    const { textEncoder, denoiser, schedulerConfig } = pipeline.parts;
    const scheduler = createScheduler(id, schedulerConfig, golden.steps);
    const [uncond, ...conditions] = await textEncoder.encode(['', ...golden.prompts]);
    const images = conditions.map((cond, index) => ({
      slot: { index, seed: golden.seeds[index]! },
      run: { trace: () => ({}) },
      conditions: { uncond: uncond!, cond },
      noise: noiseOf(golden.seeds[index]!, dims, scheduler),
    }));
    const latents = await denoise(images, {
      ...{ denoiser, scheduler, guidanceScale: golden.guidanceScale, onStep: () => {} },
      signal: new AbortController().signal,
    });
    latents.forEach(({ data }, i) => {
      expect(distance(data, golden.latents[id][i]!)).toBeLessThan(1e-3);
    });
  });

  it('shows the attention that torch hooks see, and draws with edited text as with edited weights, within 1e-5', async () => {
    const { textEncoder, denoiser } = pipeline.parts;
    const [condition] = await textEncoder.encode([golden.prompts[0]!]);
    const latent = noiseOf(golden.seeds[0]!, dims, { initNoiseSigma: 1 }).start;
    const input = { latent, condition: condition!, probe: golden.probed };
    const [plain] = await denoiser.predict([input], golden.timestep);
    expect(distance(plain!.prediction.data, golden.prediction)).toBeLessThan(1e-5);
    plain!.maps!.layers.forEach(({ maps }, layer) => {
      expect(
        distance(
          maps.flatMap((map) => [...map]),
          golden.maps[layer]!,
        ),
      ).toBeLessThan(1e-5);
    });
    const { data, dims: shape } = condition!.k;
    const width = shape[1]!;
    // (W M) c is W (M c).
    const rows = data.map((_, at) => {
      const [row, column] = [Math.floor(at / width), at % width];
      let sum = 0;
      for (let j = 0; j < width; j++) sum += golden.matrix[column * width + j]! * data[row * width + j]!;
      return sum;
    });
    const text = tensor(rows, shape);
    const [edited] = await denoiser.predict(
      [{ latent, condition: { ...condition!, k: text, v: text } }],
      golden.timestep,
    );
    expect(distance(edited!.prediction.data, golden.edited)).toBeLessThan(1e-5);
    expect(distance(golden.edited, golden.prediction)).toBeGreaterThan(1e-3);
  });
});
