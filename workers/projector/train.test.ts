import { Resvg } from '@resvg/resvg-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/core/tensor';
import { drawPicture, type Picture as Plan } from '../../src/core/world';
import type { Picture } from '../pipeline/decoder';
import type { Pipeline } from '../pipeline/pipeline';
import { openPipeline, PEOPLE, TINY } from '../testing/tiny';
import { classify } from './groups';
import { pool } from './pool';
import { separationOf, stereotypeScore } from './separation';
import { trainProjector } from './train';
import type { GroupSets, Projector, ProjectorJob, TrainingProgress } from './types';
import { worldSets } from './worldSets';

/** Pictures of each set; a fresh dozen more is never shown to the training. */
const COUNT = 40;
const FRESH = 12;
const SEED = 3_100_000_000;

const drawn = (plan: Plan): Picture => {
  const { width, height, pixels } = new Resvg(drawPicture(plan)).render();
  return { width, height, pixels: new Uint8ClampedArray(pixels) };
};
const sets = (count: number, seed: number): GroupSets[] =>
  worldSets(count, seed)
    .filter(({ id }) => id === 'light' || id === 'dark')
    .map(({ id, fair, stereotypical }) => ({
      ...{ id, title: id, fair: fair.map(drawn), stereotypical: stereotypical.map(drawn) },
    }));
const job = (groups: readonly GroupSets[], steps = 60): ProjectorJob => ({
  ...{ name: 'Test', source: 'the drawn world', groups, steps, seed: 1 },
});

describe('training on the drawn world, with the shipped VAE encoder', () => {
  let pipeline: Pipeline;
  let projector: Projector;
  const all = sets(COUNT, SEED);
  const progress: TrainingProgress[] = [];
  beforeAll(async () => {
    pipeline = await openPipeline(PEOPLE);
    const { signal } = new AbortController();
    projector = await pipeline.trainProjector(job(all), (p) => progress.push(p), signal);
  }, 120_000);
  afterAll(() => pipeline.close());

  /** As the pipeline does it, but that no picture is encoded twice. */
  const encoded = new Map<Picture, Promise<Tensor>>();
  async function train(
    groups: readonly GroupSets[],
    steps: number,
    onProgress = (_: TrainingProgress) => {},
    signal = new AbortController().signal,
  ) {
    const encoder = await pipeline.parts.encoder(() => {});
    const encode = (picture: Picture) => {
      const found = encoded.get(picture) ?? encoder.encode(picture);
      encoded.set(picture, found);
      return found;
    };
    const { model, latentDims } = pipeline.parts;
    return trainProjector(job(groups, steps), {
      ...{ encoder: { encode }, model, latentDims, signal, onProgress },
    });
  }

  const latentsOf = async (pictures: readonly Picture[]) => {
    const encoder = await pipeline.parts.encoder(() => {});
    return Promise.all(pictures.map(async (picture) => pool(await encoder.encode(picture))));
  };

  it('tells the sets apart on pictures it has not seen, and tells the groups apart', async () => {
    const [light, dark] = sets(FRESH, SEED + 10_000);
    const { network, groups, classifier } = projector;
    const prior = groups[1]!.prior!;
    const score = (row: Float32Array) => stereotypeScore(network, prior, row);
    const fair = await latentsOf(dark!.fair);
    const { auc } = separationOf(fair.map(score), (await latentsOf(dark!.stereotypical)).map(score));
    // One in six fair pictures shows the stereotype too, so nothing can tell them all apart: 0.92 at best.
    expect(auc).toBeGreaterThan(0.7);
    expect(auc).toBeLessThan(1);
    const right = [await latentsOf(light!.fair), fair].flatMap((rows, group) =>
      rows.map((row) => classify(classifier!, row) === group),
    );
    expect(right.filter(Boolean).length / right.length).toBeGreaterThan(0.8);
  }, 60_000);

  it('has nothing to correct where the world holds no stereotype', () => {
    const [light, dark] = projector.groups;
    expect(light).not.toHaveProperty('prior');
    expect(light).not.toHaveProperty('separation');
    expect(dark!.separation!.heldOut).toBe(2 * (COUNT / 5));
  });

  it('shows every picture and every step, with a loss that falls', () => {
    const encoded = progress.filter((p) => p.stage === 'encode');
    expect(encoded.map(({ done }) => done)).toEqual(Array.from({ length: 3 * COUNT }, (_, i) => i + 1));
    const losses = progress.flatMap((p) => (p.stage === 'train' ? [p.loss] : []));
    expect(losses).toHaveLength(60);
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(losses.slice(-10))).toBeLessThan(0.7 * mean(losses.slice(0, 10)));
  });

  it('names the model it was trained on, and the same job gives the same projector', async () => {
    expect(projector.model).toEqual({ title: pipeline.info.title, hash: pipeline.info.hash });
    expect(projector.latentDims).toEqual(pipeline.info.latentDims);
    const [first, second] = [await train(all, 4), await train(all, 4)];
    expect(second.id).toBe(first.id);
    expect(first.id).not.toBe(projector.id);
  }, 60_000);

  it('finds no stereotype where both sets are drawn alike', async () => {
    const half = (from: number) => all[1]!.fair.filter((_, i) => i % 2 === from);
    const { groups } = await train([{ ...all[1]!, fair: half(0), stereotypical: half(1) }], 20);
    expect(groups[0]!.separation!.low).toBeLessThanOrEqual(0.5);
    expect(groups[0]).not.toHaveProperty('prior');
  }, 60_000);

  it('can be stopped, while it encodes and while it trains', async () => {
    for (const stage of ['encode', 'train'] as const) {
      const controller = new AbortController();
      let steps = 0;
      const stop = (p: TrainingProgress) => {
        if (p.stage !== stage) return;
        steps++;
        controller.abort();
      };
      await expect(train(all, 500, stop, controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
      expect(steps).toBe(1);
    }
  }, 60_000);

  it('says which set is too small', async () => {
    const [light, dark] = all;
    const few = { ...dark!, stereotypical: dark!.stereotypical.slice(0, 3) };
    await expect(train([few], 9)).rejects.toMatchObject({
      code: 'request-invalid',
      message: expect.stringContaining('stereotypical set of “dark” has 3 pictures'),
    });
    await expect(train([light!], 9)).rejects.toMatchObject({ code: 'request-invalid' });
    await expect(train([], 9)).rejects.toMatchObject({ code: 'request-invalid' });
  });
});

describe('a model without a VAE encoder', () => {
  it('cannot train a projector, and says why', async () => {
    const pipeline = await openPipeline(TINY);
    const { signal } = new AbortController();
    await expect(pipeline.trainProjector(job([]), () => {}, signal)).rejects.toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('vae_encoder'),
    });
    await pipeline.close();
  });
});
