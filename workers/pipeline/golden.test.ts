import { beforeAll, describe, expect, it } from 'vitest';
import { torchRandn } from '../../src/core/rng';
import { createScheduler, type SchedulerId } from '../../src/core/schedulers';
import type { Tensor } from '../../src/core/tensor';
import { openPipeline, TINY } from '../testing/tiny';
import { toRgba } from './decoder';
import golden from './golden/tiny.json';
import { denoise } from './loop';
import { noiseOf } from './noise';
import type { Pipeline } from './pipeline';

/** Against diffusers 0.42 and transformers on the same tiny weights; made by `python -m training.golden.tiny_pipeline`. */

const [, channels, height, width] = golden.latentShape as [number, number, number, number];
const size = channels * height * width;

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline(TINY);
}, 60_000);

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

const valuesOf = ({ data }: Tensor) => [...data];

async function draw(id: SchedulerId) {
  const { textEncoder, denoiser, schedulerConfig } = pipeline.parts;
  const scheduler = createScheduler(id, schedulerConfig, golden.steps);
  const [uncond] = await textEncoder.encode(['']);
  const conditions = await textEncoder.encode(golden.prompts);
  const images = conditions.map((cond, i) => ({
    slot: { index: i, seed: golden.seeds[i]! },
    run: { trace: () => ({}) },
    conditions: { uncond: uncond!, cond },
    noise: noiseOf(golden.seeds[i]!, [channels, height, width], scheduler),
  }));
  const { signal } = new AbortController();
  return denoise(images, {
    denoiser,
    scheduler,
    guidanceScale: golden.guidanceScale,
    signal,
    onStep: () => {},
  });
}

describe('the pipeline against diffusers', () => {
  it('starts from the same noise, and the same token ids', () => {
    const noise = golden.seeds.flatMap((seed) => [...torchRandn(seed, size)]);
    expect(largestDifference(noise, golden.noise)).toBeLessThan(1e-6);
    expect(golden.prompts.map((prompt) => pipeline.parts.tokenizer.encode(prompt).ids)).toEqual(golden.ids);
    expect(pipeline.parts.tokenizer.encode('').ids).toEqual(golden.emptyIds);
  });

  it('encodes text to the same rows, within 1e-4', async () => {
    const [condition] = await pipeline.parts.textEncoder.encode([golden.prompts[0]!]);
    const { tokens, width, values } = golden.textRowsOfPrompt0;
    expect(condition!.k.dims).toEqual([pipeline.info.maxTokens, width]);
    expect(largestDifference(condition!.k.data.slice(0, tokens * width), values)).toBeLessThan(1e-4);
  });

  it('gives the same latents after 10 steps of DDIM, within 1e-3', async () => {
    const latents = await draw('ddim');
    expect(largestDifference(latents.flatMap(valuesOf), golden.ddim.latents)).toBeLessThan(1e-3);
  });

  it('gives the same latents after 10 steps of Euler, within 2e-3', async () => {
    // This schedule's first sigma is 20,000, where a float32 latent has steps of 4e-3: diffusers' own rounding is in the
    // fixture (ours steps in float64).
    const latents = await draw('euler');
    expect(largestDifference(latents.flatMap(valuesOf), golden.euler.latents)).toBeLessThan(2e-3);
  });

  it('decodes to the same picture, within one of 256 levels', async () => {
    const data = Float32Array.from(golden.ddim.latents.slice(0, size));
    const picture = await pipeline.parts.decoder.decode({ data, dims: [channels, height, width] });
    const side = pipeline.info.imageSize;
    expect([picture.width, picture.height]).toEqual([side, side]);
    // The fixture holds rows 0..3 of each colour plane, -1..1, of the first picture.
    const count = 4 * side;
    const levels = toRgba(Float32Array.from(golden.ddim.pictureFirstRows.slice(0, 3 * count)), count);
    expect(largestDifference(picture.pixels.slice(0, 4 * count), levels)).toBeLessThanOrEqual(1);
  });
});
