import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyDelta } from '../deltas/apply';
import { readDelta } from '../deltas/file';
import { readSafetensors, writeSafetensors } from '../deltas/safetensors';
import { distance } from '../onnx/testing';
import type { Lane, RunEvent } from '../protocol';
import { createNodeRuntime } from '../runtime/node';
import type { Runtime } from '../runtime/runtime';
import { FAST_UNET, lane, type Recorded, record, request, TINY, withFewSteps } from '../testing/tiny';
import {
  cardOf,
  LORA,
  learnedToken,
  type MadeVariant,
  TEXT_ENCODER,
  TINY_LORA,
  tinyWithVariants,
  UNET,
  withVariants,
} from '../testing/variants';
import { folderSource } from './folderSource';
import { loadPipeline, type Pipeline } from './pipeline';
import type { ModelSource } from './source';

const WIDTH = 32;
const TOKEN: MadeVariant = {
  card: {
    ...{ id: 'token', name: 'Token', parts: ['embeddings'], base: { [TEXT_ENCODER]: '' } },
    tokens: [{ token: '<fair>', initializer: 'nurse' }],
    prompt: { words: { doctor: '<fair> doctor' } },
  },
  delta: learnedToken(
    '<fair>',
    Array.from({ length: WIDTH }, (_, i) => 4 * Math.sin(i)),
  ),
};

/** The Node runtime, and what was opened and is open. */
async function watchedRuntime() {
  const real = await createNodeRuntime(1);
  const opened: string[] = [];
  const runtime: Runtime = {
    ...real,
    async open(bytes, name) {
      opened.push(name);
      return real.open(bytes, name);
    },
  };
  return { runtime, opened };
}

async function open(source: ModelSource) {
  const reads: string[] = [];
  const counting: ModelSource = {
    ...source,
    read(path, onBytes) {
      reads.push(path);
      return source.read(path, onBytes);
    },
  };
  const { runtime, opened } = await watchedRuntime();
  const pipeline = await loadPipeline(counting, runtime, () => {});
  return { pipeline, opened, reads };
}

const withDelta = (id: string, strength: number, of: Lane = lane('base')): Lane => ({
  ...of,
  id: `${of.id} ${id} ${strength}`,
  delta: { id, strength },
});
const pixelsOf = ({ images }: Recorded, laneId: string) =>
  images.filter((image) => image.laneId === laneId).map(({ pixels }) => [...pixels]);
const failures = ({ events }: Recorded) =>
  events.flatMap((event: RunEvent) => (event.type === 'lane-failed' ? [event.error] : []));

describe('a lane with a trained variant', () => {
  let pipeline: Pipeline;
  let opened: readonly string[];
  let reads: readonly string[];
  beforeAll(async () => {
    ({ pipeline, opened, reads } = await open(await tinyWithVariants([LORA, TOKEN])));
  }, 60_000);
  afterAll(() => pipeline.close());

  it('is offered with its card', () => {
    expect(
      pipeline.info.deltas.map(({ id, name, problem, drawsWith }) => [id, name, problem, drawsWith]),
    ).toEqual([
      ['fair', 'Fair', null, [null]],
      ['token', 'Token', null, [null]],
    ]);
    expect(pipeline.info.deltas[0]?.card).toMatchObject({ method: 'ddm', evidence: 'ours', rank: 4 });
    // Nothing of it was fetched but its card.
    expect(reads.filter((path) => path.startsWith('variants/'))).toEqual([
      'variants/index.json',
      'variants/fair/manifest.json',
      'variants/token/manifest.json',
    ]);
  });

  it('draws at strength 0 the very pixels of the base lane, and opens nothing for it', async () => {
    const before = opened.length;
    const run = await record(
      pipeline,
      request({ lanes: [lane('base'), withDelta('fair', 0), withDelta('token', 0)] }),
    );
    for (const id of ['base fair 0', 'base token 0'])
      expect(pixelsOf(run, id)).toEqual(pixelsOf(run, 'base'));
    expect(opened.length).toBe(before);
    // They share every step.
    expect(run.outcome.timings.unetEvaluationsShared).toBe(2 * run.outcome.timings.unetEvaluations);
  });

  it('draws what a model draws that has the variant in its weights, whatever lanes stand beside it', async () => {
    const bytes = await folderSource(TINY).read(UNET);
    const { unet: modules } = readDelta(TINY_LORA, 'fair');
    const unet = { sizes: { height: 8, width: 8, tokens: 77 }, config: await unetConfig() };
    const changed = applyDelta(bytes, { modules }, 0.5, { path: UNET, name: 'fair', unet });
    const graph = await (await createNodeRuntime(1)).open(changed.bytes, UNET);

    const lanes = [lane('base'), withDelta('fair', 0.5), withDelta('fair', 1), lane('mist')];
    const run = await record(pipeline, request({ lanes }));
    const drawings = lanes.map(({ id }) => JSON.stringify(pixelsOf(run, id)));
    expect(new Set(drawings).size).toBe(lanes.length);
    for (const one of lanes) {
      const alone = await record(pipeline, request({ lanes: [one] }));
      expect(pixelsOf(alone, one.id), one.id).toEqual(pixelsOf(run, one.id));
    }
    // One step of the UNet itself.
    const { denoiser, textEncoder } = await pipeline.parts.weights.of(
      undefined,
      { id: 'fair', strength: 0.5 },
      () => {},
    );
    const [condition] = await textEncoder.encode(['a photo of a doctor']);
    const latent = { data: Float32Array.from({ length: 256 }, (_, i) => Math.sin(i)), dims: [4, 8, 8] };
    const [answer] = await denoiser.predict([{ latent, condition: condition! }], 500);
    const { out_sample } = await graph.run({
      sample: { data: latent.data, dims: [1, 4, 8, 8] },
      timestep: { numbers: [500], dims: [1] },
      encoder_hidden_states: { data: condition!.k.data, dims: [1, ...condition!.k.dims] },
    });
    expect(distance(answer!.prediction.data, out_sample!.data)).toBeLessThan(1e-5);
    await graph.close();
  }, 60_000);

  it('shares steps with lanes of the same variant and strength, and with no others', async () => {
    const again = { ...withDelta('fair', 1), id: 'again' };
    const shared = async (...lanes: Lane[]) =>
      (await record(pipeline, request({ lanes }))).outcome.timings.unetEvaluationsShared;
    expect(await shared(lane('base'), withDelta('fair', 1), withDelta('fair', 0.5))).toBe(0);
    const { timings } = (await record(pipeline, request({ lanes: [lane('base')] }))).outcome;
    expect(await shared(withDelta('fair', 1), lane('base'), again)).toBe(timings.unetEvaluations);
  });

  it('opens its graph once, from the base’s file on this device, and says so', async () => {
    const fresh = await open(await tinyWithVariants([LORA]));
    const ready = fresh.opened.length;
    const lanes = [withDelta('fair', 1)];
    const first = await record(fresh.pipeline, request({ lanes }));
    await record(fresh.pipeline, request({ lanes, seeds: [9] }));
    expect(fresh.opened.slice(ready)).toEqual([UNET]);
    expect(fresh.reads.filter((path) => path.startsWith('variants/fair/delta'))).toHaveLength(1);
    const stages = first.events.flatMap((event) => (event.type === 'loading' ? [event.progress] : []));
    expect(stages.map(({ stage, file }) => [stage, file])).toEqual([
      ['verify', 'variants/fair/delta.safetensors'],
      ['apply', 'Fair'],
    ]);
    await fresh.pipeline.close();
  });

  it('goes with methods, the inspector and a UNet that steers', async () => {
    const lanes = [lane('weak-guidance'), lane('attention-guidance'), lane('equisteer', { pictures: 1 })].map(
      (one) => withDelta('fair', 1, one),
    );
    const run = await record(pipeline, request({ lanes }));
    expect(failures(run)).toEqual([]);
    expect(run.outcome.type).toBe('done');
    const inspected = await pipeline.inspect(
      { request: request({ lanes, batchSize: 1 }), laneId: lanes[0]!.id, index: 0 },
      [],
      () => {},
      new AbortController().signal,
    );
    expect(inspected.image.laneId).toBe(lanes[0]!.id);
    expect(inspected.layers.length).toBeGreaterThan(0);
  }, 60_000);

  it('knows its token, puts it into the prompt, and blends it from its first word', async () => {
    const lanes = [lane('base'), withDelta('token', 1), withDelta('token', 1e-6)];
    const run = await record(pipeline, request({ lanes }));
    expect(failures(run)).toEqual([]);
    const prompts = run.images.map(({ laneId, trace }) => [laneId, trace.prompt]);
    expect(prompts[2]).toEqual(['base token 1', 'a photo of a <fair> doctor']);
    expect(pixelsOf(run, 'base token 1')).not.toEqual(pixelsOf(run, 'base'));
    // At next to no strength the token is its initializer.
    const nurse = await record(pipeline, request({ prompt: 'a photo of a nurse doctor' }));
    const near = pixelsOf(run, 'base token 0.000001').flat();
    // In levels of 256.
    expect(255 * distance(near, pixelsOf(nurse, 'base').flat())).toBeLessThanOrEqual(1);
    // Written by hand it stays where it is, and no word of it is unknown.
    const own = await record(pipeline, request({ prompt: 'a <FAIR> nurse', lanes: [withDelta('token', 1)] }));
    expect(own.images[0]?.trace.prompt).toBeUndefined();
    expect(own.events.filter(({ type }) => type === 'note')).toEqual([]);
  });

  it('says what it changes and what is lost on the way', async () => {
    const facts = await pipeline.parts.weights.describe('fair');
    const size = facts.sizes[UNET]!;
    expect(size.change).toBeCloseTo(0.3, 2);
    expect(size.rounding).toBeGreaterThan(1e-3);
    expect(size.storing).toBeLessThan(5e-4);
    expect(await pipeline.parts.weights.describe('token')).toMatchObject({
      info: { tokens: ['<fair>'] },
      sizes: { [TEXT_ENCODER]: { weights: 0, change: 0 } },
    });
  });
});

async function unetConfig(): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await folderSource(TINY).read('unet/config.json')));
}

describe('a variant with an ordinary word of its own', () => {
  it('puts it behind the prompt, and is not said to draw an unknown word', async () => {
    const prompt = { words: {}, otherwise: '{prompt} sks' };
    const booth: MadeVariant = { ...LORA, card: { ...LORA.card, id: 'booth', prompt } };
    const { pipeline } = await open(await tinyWithVariants([booth]));
    const run = await record(pipeline, request({ lanes: [withDelta('booth', 1)] }));
    expect(run.images[0]?.trace.prompt).toBe('a photo of a doctor sks');
    expect(run.events.filter(({ type }) => type === 'note')).toEqual([]);
    await pipeline.close();
  });
});

describe('a file that was brought', () => {
  it('draws like a variant of the model’s own, for as long as it is named', async () => {
    const { pipeline } = await open(await tinyWithVariants([LORA]));
    const brought = { id: 'file-1', name: 'my.safetensors', bytes: TINY_LORA };
    pipeline.parts.weights.bring([brought]);
    expect((await pipeline.parts.weights.describe(brought)).info).toMatchObject({
      card: null,
      problem: null,
    });
    const run = await record(pipeline, request({ lanes: [withDelta('fair', 1), withDelta('file-1', 1)] }));
    expect(pixelsOf(run, 'base file-1 1')).toEqual(pixelsOf(run, 'base fair 1'));
    pipeline.parts.weights.bring([]);
    const gone = await record(pipeline, request({ lanes: [lane('base'), withDelta('file-1', 1)] }));
    expect(gone.outcome.type).toBe('done');
    expect(failures(gone)).toMatchObject([
      { code: 'request-invalid', message: expect.stringContaining('names the variant "file-1"') },
    ]);
    await pipeline.close();
  });

  it('carries the card of the variant that it is, and is held to it', async () => {
    const { pipeline } = await open(await tinyWithVariants([]));
    const { tensors } = readSafetensors(TINY_LORA, 'x');
    const file = (card: MadeVariant['card']) => ({
      ...{ id: 'file-2', name: 'x.safetensors' },
      bytes: writeSafetensors(tensors, { evenhand: JSON.stringify(cardOf({ card }, new Map())) }),
    });
    const other = file({ ...LORA.card, base: { [UNET]: 'a'.repeat(64) } });
    await expect(pipeline.parts.weights.describe(other)).rejects.toMatchObject({
      code: 'model-unsupported',
      message:
        'The variant "Fair" does not fit unet/model.onnx: it was made for another version of this file.',
    });
    const wrong = file({ ...LORA.card, parts: ['text_encoder'], base: {} });
    await expect(pipeline.parts.weights.describe(wrong)).rejects.toThrow('its card speaks of text_encoder');
    await pipeline.close();
  });
});

describe('a variant that does not fit', () => {
  it('is listed with the reason, refused in its lane, and the base goes on', async () => {
    const old: MadeVariant = { ...LORA, card: { ...LORA.card, id: 'old', base: { [UNET]: 'b'.repeat(64) } } };
    const damaged = { 'variants/fair/manifest.json': new Uint8Array(10) };
    const { pipeline } = await open(await tinyWithVariants([old, LORA], damaged));
    expect(pipeline.info.deltas.map(({ id, problem }) => [id, problem?.code])).toEqual([
      ['old', 'model-unsupported'],
      ['fair', 'model-corrupt'],
    ]);
    const lanes = [lane('base'), withDelta('old', 1), withDelta('fair', 0), withDelta('no-such', 1)];
    const run = await record(pipeline, request({ lanes }));
    expect(run.outcome.type).toBe('done');
    expect(pixelsOf(run, 'base')).toHaveLength(2);
    expect(failures(run).map(({ message }) => message)).toEqual([
      expect.stringContaining('made for another version of this file'),
      expect.stringContaining('variants/fair/manifest.json'),
      expect.stringContaining(
        'names the variant "no-such", which is neither one of this model\'s (old, fair)',
      ),
    ]);
    await pipeline.close();
  });

  it.each([
    [
      'a list of variants that is none',
      { 'variants/index.json': new TextEncoder().encode('{"variants": 3}') },
    ],
    ['a list that is no JSON', { 'variants/index.json': new Uint8Array(3) }],
  ])('%s is said, and the model loads', async (_, over) => {
    const { pipeline } = await open(await tinyWithVariants([], over));
    expect(pipeline.info.deltas).toMatchObject([{ problem: { code: 'model-corrupt' } }]);
    await pipeline.close();
  });

  it('at a strength out of range is refused before anything is drawn', async () => {
    const { pipeline } = await open(await tinyWithVariants([LORA]));
    const run = await record(pipeline, request({ lanes: [withDelta('fair', 1.5)] }));
    expect(run.outcome).toMatchObject({
      type: 'failed',
      error: { code: 'request-invalid', message: expect.stringContaining('lanes.0.delta.strength: 1.5') },
    });
    await pipeline.close();
  });

  it('draws with the few-step UNet only when it says so', async () => {
    const both: MadeVariant = {
      ...LORA,
      card: { ...LORA.card, id: 'both', base: { [UNET]: '', [FAST_UNET]: '' } },
    };
    const { pipeline } = await open(await withVariants(withFewSteps(TINY), [LORA, both]));
    expect(pipeline.info.deltas.map(({ drawsWith }) => drawsWith)).toEqual([[null], [null, 'fast']]);
    const few = request({
      ...{ variant: 'fast', steps: 2, guidanceScale: 1 },
      lanes: [withDelta('fair', 1), withDelta('both', 1)],
    });
    const run = await record(pipeline, few);
    expect(pixelsOf(run, 'base both 1')).toHaveLength(2);
    expect(failures(run).map(({ message }) => message)).toEqual([
      `The variant "Fair" was not made for ${FAST_UNET}, which draws with these settings.`,
    ]);
    await pipeline.close();
  });
});
