import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadProgress } from '../protocol';
import { createNodeRuntime } from '../runtime/node';
import type { Runtime } from '../runtime/runtime';
import { FAST_UNET, lane, record, request, TINY, withFewSteps } from '../testing/tiny';
import { folderSource } from './folderSource';
import { loadPipeline, type Pipeline } from './pipeline';
import type { ModelSource } from './source';

const FULL_UNET = 'unet/model.onnx';
const FEW = request({ variant: 'fast', steps: 4, guidanceScale: 1 });

/** The Node runtime, and how often each graph was opened and run, and on how many rows. */
async function countingRuntime() {
  const real = await createNodeRuntime(1);
  const opened: string[] = [];
  const rows: Record<string, number[]> = {};
  const runtime: Runtime = {
    ...real,
    async open(bytes, name) {
      opened.push(name);
      const graph = await real.open(bytes, name);
      return {
        ...graph,
        run(feeds) {
          rows[name] = [...(rows[name] ?? []), feeds.sample?.dims[0] ?? 0];
          return graph.run(feeds);
        },
      };
    },
  };
  return { runtime, opened, rows };
}

async function open(source: ModelSource) {
  const counting = await countingRuntime();
  const pipeline = await loadPipeline(source, counting.runtime, () => {});
  return { pipeline, ...counting };
}

const pixels = ({ images }: { images: readonly { pixels: Uint8ClampedArray }[] }) =>
  images.map((image) => [...image.pixels]);

describe('a model with a few-step variant', () => {
  it('says so, with defaults of its own, and the model’s where it names none', async () => {
    const { pipeline } = await open(withFewSteps(TINY));
    expect(pipeline.info.variants).toEqual([
      { id: 'fast', title: 'Few steps', defaults: { steps: 4, guidanceScale: 1, scheduler: 'ddim' } },
    ]);
    const terse = await open(withFewSteps(TINY, { defaults: { steps: 2 } }));
    const { defaults } = terse.pipeline.info;
    expect(terse.pipeline.info.variants[0]?.defaults).toEqual({ ...defaults, steps: 2 });
    expect((await open(folderSource(TINY))).pipeline.info.variants).toEqual([]);
  });

  it('opens its UNet at the first run that asks for it, once, and shows the progress', async () => {
    const { pipeline, opened } = await open(withFewSteps(TINY));
    const atStart = [...opened];
    expect(atStart).not.toContain(FAST_UNET);
    await record(pipeline, request());
    expect(opened).toEqual(atStart);

    const loading: LoadProgress[] = [];
    for (const _ of [1, 2]) {
      const { outcome, events } = await record(pipeline, FEW);
      expect(outcome.type).toBe('done');
      for (const event of events) if (event.type === 'loading') loading.push(event.progress);
    }
    expect(opened).toEqual([...atStart, FAST_UNET]);
    expect(loading.map(({ stage }) => stage)).toEqual(['download', 'verify', 'start']);
    const last = loading.at(-1)!;
    expect(last).toMatchObject({ file: FAST_UNET, loadedBytes: last.totalBytes });
    expect(last.totalBytes).toBeGreaterThan(100_000);
    await pipeline.close();
  });

  it('draws with that UNet alone, and with one text branch only', async () => {
    const { pipeline, rows } = await open(withFewSteps(TINY));
    const { outcome, images } = await record(pipeline, FEW);
    expect(rows[FAST_UNET]).toEqual([2, 2, 2, 2]);
    expect(rows[FULL_UNET]).toBeUndefined();
    expect(outcome.timings.unetEvaluations).toBe(FEW.seeds.length * FEW.steps);
    // The graph is the same here, so what the full model draws with these settings is what must come out.
    const { variant: _, ...full } = FEW;
    const again = await record(pipeline, full);
    expect(rows[FULL_UNET]).toEqual([2, 2, 2, 2]);
    expect(pixels(again)).toEqual(pixels({ images }));
  });

  it('lets every method act without guidance: all of them work on the text', async () => {
    const { pipeline } = await open(withFewSteps(TINY));
    const lanes = ['base', 'attribute-prompt', 'sd-ei', 'mist'].map((method) => lane(method));
    const { outcome, images } = await record(pipeline, { ...FEW, lanes });
    expect(outcome.type).toBe('done');
    const drawings = lanes.map(({ id }) =>
      JSON.stringify(pixels({ images: images.filter((i) => i.laneId === id) })),
    );
    expect(new Set(drawings).size).toBe(lanes.length);
  });

  it('says when guidance is asked of a variant that has it trained in', async () => {
    const { pipeline } = await open(withFewSteps(TINY));
    const notes = async (guidanceScale: number) =>
      (await record(pipeline, { ...FEW, guidanceScale })).events.flatMap((event) =>
        event.type === 'note' ? [event.text] : [],
      );
    expect(await notes(1)).toEqual([]);
    expect(await notes(3)).toEqual([expect.stringContaining('A guidance scale of 3 comes on top')]);
  });
});

describe('a variant that cannot be had', () => {
  let few: Pipeline;
  let none: Pipeline;
  beforeAll(async () => {
    few = (await open(withFewSteps(TINY))).pipeline;
    none = (await open(folderSource(TINY))).pipeline;
  }, 60_000);

  it('is refused with the list of those there are', async () => {
    const asked = request({ variant: 'turbo' });
    expect((await record(few, asked)).outcome).toMatchObject({
      type: 'failed',
      error: {
        code: 'request-invalid',
        message: 'The request cannot be run. At variant: this model has no "turbo"; it has fast.',
        nextStep: 'Use one of fast, or leave it out for the full model.',
      },
    });
    expect((await record(none, asked)).outcome).toMatchObject({
      error: { code: 'request-invalid', message: expect.stringContaining('it has none') },
    });
  });

  it('fails the run, not the model, when its file is damaged or missing, and is tried again', async () => {
    const whole = withFewSteps(TINY);
    let answer: (bytes: Uint8Array) => Uint8Array | Promise<never> = (bytes) =>
      bytes.with(1000, bytes[1000]! ^ 1);
    const source: ModelSource = {
      ...whole,
      read: async (path, onBytes) => {
        const bytes = await whole.read(path, onBytes);
        return path === FAST_UNET ? answer(bytes) : bytes;
      },
    };
    const { pipeline } = await open(source);
    expect((await record(pipeline, FEW)).outcome).toMatchObject({
      error: { code: 'model-corrupt', message: expect.stringContaining(FAST_UNET) },
    });
    answer = () => folderSource('no/such/folder').read(FAST_UNET) as Promise<never>;
    expect((await record(pipeline, FEW)).outcome).toMatchObject({ error: { code: 'model-missing' } });
    expect((await record(pipeline, request())).outcome.type).toBe('done');
    answer = (bytes) => bytes;
    expect((await record(pipeline, FEW)).outcome.type).toBe('done');
  });

  it.each([
    ['no graph', { unet: undefined }, 'unet'],
    ['a graph that is not among the files', { unet: 'unet_turbo/model.onnx' }, 'unet_turbo/model.onnx'],
    ['no id', { id: '' }, 'variants.0.id'],
    ['half a step', { defaults: { steps: 0.5 } }, 'variants.0.defaults.steps'],
    ['a scheduler that there is not', { defaults: { scheduler: 'dream' } }, 'variants.0.defaults.scheduler'],
  ])('is no manifest: %s', async (_, changes, text) => {
    await expect(open(withFewSteps(TINY, changes))).rejects.toMatchObject({
      code: 'model-corrupt',
      message: expect.stringContaining(text),
    });
  });

  it('is no manifest: two of one id', async () => {
    const one = withFewSteps(TINY);
    const source: ModelSource = {
      ...one,
      async read(path, onBytes) {
        const bytes = await one.read(path, onBytes);
        if (path !== 'manifest.json') return bytes;
        const manifest = JSON.parse(new TextDecoder().decode(bytes));
        const variants = [...manifest.variants, ...manifest.variants];
        return new TextEncoder().encode(JSON.stringify({ ...manifest, variants }));
      },
    };
    await expect(open(source)).rejects.toMatchObject({ message: expect.stringContaining('the id "fast"') });
  });
});
