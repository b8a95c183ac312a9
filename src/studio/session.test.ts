import { describe, expect, it, vi } from 'vitest';
import { madeProjector } from '../../workers/projector/testing/made';
import type {
  AttributeInfo,
  ImageResult,
  ModelInfo,
  Result,
  RunEvent,
  RunOutcome,
} from '../../workers/protocol';
import { EngineClient, type EngineWorker } from '../app/engineClient';
import { MemoryArchive } from './history/archive';
import { readPngSettings } from './image/metadata';
import { Studio } from './session';
import { defaultSettings, type Settings } from './settings';

const GENDER: AttributeInfo = {
  id: 'gender',
  title: 'Gender presentation',
  values: [
    { id: 'woman', title: 'Woman' },
    { id: 'man', title: 'Man' },
  ],
  unclearBelow: 0.7,
};

const INFO = {
  id: 'people',
  title: 'People',
  hash: 'abcdef',
  defaults: { steps: 16, guidanceScale: 3, scheduler: 'ddim' },
  variants: [{ id: 'fast', title: 'Few steps', defaults: { steps: 4, guidanceScale: 1, scheduler: 'ddim' } }],
  attributes: [GENDER],
  backend: { backend: 'wasm', title: 'wasm, 1 thread', reason: 'test', threads: 1 },
} as unknown as ModelInfo;

const timings = {
  encode: 1,
  denoise: 1,
  unetRun: 1,
  decode: 1,
  perceive: 1,
  steps: 4,
  unetEvaluations: 8,
  unetEvaluationsShared: 0,
  unetEvaluationsPreparing: 0,
};

const image = (laneId: string, index: number, seed: number): ImageResult => ({
  laneId,
  index,
  seed,
  width: 1,
  height: 1,
  pixels: new Uint8ClampedArray([seed % 256, 0, 0, 255]),
  people: [{ box: [0, 0, 1, 1], score: 1, attributes: { gender: seed % 2 ? [0.9, 0.1] : [0.2, 0.8] } }],
  trace: {},
  milliseconds: 1,
});

/** An engine that draws one pixel per image and ends as it is told. */
function fakeEngine(
  end: (emit: (event: RunEvent) => void) => RunOutcome = () => ({ type: 'done', timings }),
): EngineWorker {
  return {
    engine: {
      load: async () => ({ ok: true, value: INFO }),
      inspectPrompt: async () => ({
        ok: true,
        value: { tokenCount: 3, maxTokens: 77, cutText: '', unknownWords: [] },
      }),
      checkDevice: async () => ({
        ok: true,
        value: { latent: 0, pixel: 0, tolerance: { latent: 1, pixel: 1 }, agrees: true, milliseconds: 1 },
      }),
      trainProjector: async () => ({ ok: true, value: madeProjector() }),
      findWeights: async () => ({
        ok: true,
        value: { weights: {}, settled: true, rounds: [], unetEvaluations: 0 },
      }),
      perceiveWith: async () => {
        throw new Error('not used');
      },
      describeDelta: async () => {
        throw new Error('not used');
      },
      inspect: async () => {
        throw new Error('not used here');
      },
      generate: async (request, onEvent) => {
        for (const lane of request.lanes) {
          for (const index of request.only ?? request.seeds.keys()) {
            onEvent({ type: 'image', image: image(lane.id, index, request.seeds[index]!) });
          }
        }
        return end(onEvent);
      },
      cancel: async () => undefined,
    },
    terminate: () => undefined,
    onCrash: () => undefined,
  };
}

async function studioWith(worker = fakeEngine(), settings: Partial<Settings> = {}) {
  const studio = new Studio(new EngineClient(() => worker), 'models/people/', {
    ...defaultSettings(),
    count: 5,
    seeds: '7',
    ...settings,
  });
  const archive = new MemoryArchive();
  await studio.openHistory(async () => archive);
  await studio.loadModel();
  return { studio, archive };
}

describe('opening another model', () => {
  const other = {
    place: { kind: 'files', key: 'k', name: 'mine', manifest: '{}', files: [], float16: false },
    budget: null,
  } as const;
  const mine = {
    ...INFO,
    id: 'mine',
    hash: '123',
    defaults: { steps: 50, guidanceScale: 7.5, scheduler: 'euler' },
  };
  const failure = { code: 'model-corrupt', message: 'damaged', nextStep: 'x' } as const;

  function switching(answer: Result<ModelInfo>) {
    const loads: (readonly [string, number | null | undefined])[] = [];
    const base = fakeEngine();
    const studio = new Studio(
      new EngineClient(() => ({
        ...base,
        engine: {
          ...base.engine,
          load: async (place, _backend, _progress, budget) => {
            loads.push([place.kind === 'url' ? place.baseUrl : place.key, budget]);
            return place.kind === 'url' ? { ok: true, value: INFO } : answer;
          },
        },
      })),
      'models/people/',
      defaultSettings(),
    );
    return { studio, loads };
  }
  const infoOf = ({ engine }: Studio) => {
    const { status } = engine.getState();
    return status.phase === 'ready' ? status.info.id : status.phase;
  };

  it('draws with it at its own defaults, and goes back', async () => {
    const { studio } = switching({ ok: true, value: mine as ModelInfo });
    await studio.loadModel();
    await studio.openModel(other, () => {});
    expect([infoOf(studio), studio.embedded]).toEqual(['mine', false]);
    expect(studio.settings.getState()).toMatchObject({ steps: 50, guidance: 7.5, scheduler: 'euler' });
    await studio.openEmbedded();
    expect([infoOf(studio), studio.embedded, studio.settings.getState().steps]).toEqual(['people', true, 16]);
  });

  it('leaves the loaded one as it is when it fails', async () => {
    const { studio, loads } = switching({ ok: false, error: failure });
    await studio.loadModel();
    expect(await studio.openModel(other, () => {})).toEqual({ ok: false, error: failure });
    expect([infoOf(studio), studio.embedded, studio.client.loaded]).toEqual(['people', true, true]);
    expect(loads).toEqual([
      ['models/people/', null],
      ['k', null],
    ]);
  });

  it('opens the loaded one again after a failure where memory is too short for both', async () => {
    const { studio, loads } = switching({ ok: false, error: failure });
    await studio.loadModel();
    await studio.openModel({ ...other, budget: 1e9 }, () => {});
    expect([infoOf(studio), studio.embedded, studio.client.loaded]).toEqual(['people', true, true]);
    expect(loads.map(([key]) => key)).toEqual(['models/people/', 'k', 'models/people/']);
  });
});

describe('looking into an image', () => {
  it('asks the engine for that image of this run, and not while it draws', async () => {
    const asked: unknown[] = [];
    const engine = fakeEngine();
    const inspect: EngineWorker['engine']['inspect'] = async (job) => {
      asked.push([job.laneId, job.index, job.request.prompt]);
      expect(studio.busy).toBe(true);
      return { ok: false, error: { code: 'cancelled', message: '', nextStep: '' } };
    };
    const { studio } = await studioWith({ ...engine, engine: { ...engine.engine, inspect } });
    expect(await studio.inspect('lane-1', 0, () => undefined)).toMatchObject({ ok: false });
    await studio.generate();
    await studio.inspect('lane-1', 1, () => undefined);
    expect(asked).toEqual([['lane-1', 1, studio.settings.getState().prompt]]);
    expect(studio.busy).toBe(false);
  });
});

describe('a press of Generate', () => {
  it('counts every image, writes it down with its recipe, and lists the run', async () => {
    const { studio, archive } = await studioWith();
    await studio.generate();
    const { status, lanes, header } = studio.run.getState();
    expect(status).toBe('done');
    expect(header?.request.seeds).toEqual([7, 8, 9, 10, 11]);
    expect(Object.values(lanes).map(({ tally }) => tally.attributes.gender?.counts)).toEqual([
      [3, 2],
      [3, 2],
    ]);
    const [run] = await archive.list();
    expect(run).toMatchObject({ status: 'done', made: 10 });
    // They are kept in the order in which their PNGs are packed.
    const first = (await archive.images(run!.id)).find(({ index }) => index === 0);
    expect(readPngSettings(first!.png)).toMatchObject({
      from: 'evenhand',
      metadata: { seed: 7, request: header?.request },
    });
  });

  it('takes steps, guidance and scheduler from the model where nobody chose', async () => {
    const { studio } = await studioWith();
    expect(studio.settings.getState()).toMatchObject({ steps: 16, guidance: 3, scheduler: 'ddim' });
  });

  it('refuses an empty prompt with a sentence and begins nothing', async () => {
    const { studio } = await studioWith();
    studio.settings.getState().change({ prompt: '  ' });
    await studio.generate();
    expect(studio.run.getState().header).toBeNull();
    expect(studio.notices.getState().notices[0]?.text).toContain('The prompt is empty');
  });

  it('keeps what was drawn when the engine fails, and says what happened', async () => {
    const error = { code: 'numerics-wrong', message: 'Not a number.', nextStep: 'Use wasm.' } as const;
    const { studio, archive } = await studioWith(fakeEngine(() => ({ type: 'failed', error, timings })));
    await studio.generate();
    expect(studio.run.getState()).toMatchObject({ status: 'failed', error });
    expect((await archive.list())[0]).toMatchObject({ status: 'failed', made: 10 });
  });

  it('goes on in memory when the disk is full, and says so once', async () => {
    const { studio, archive } = await studioWith();
    archive.saveImage = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    await studio.generate();
    expect(studio.run.getState().status).toBe('done');
    expect(studio.notices.getState().notices).toHaveLength(1);
  });
});

describe('a run of the few-step variant', () => {
  const fast = { variant: 'fast', steps: 4, guidanceScale: 1, scheduler: 'ddim' };

  it('says so in its request, in the archive and inside every picture', async () => {
    const { studio, archive } = await studioWith();
    studio.settings.getState().chooseVariant('fast', INFO);
    await studio.generate();
    expect(studio.run.getState().header?.request).toMatchObject(fast);
    const [run] = await archive.list();
    expect(run!.request).toMatchObject(fast);
    const [first] = await archive.images(run!.id);
    expect(readPngSettings(first!.png)).toMatchObject({ metadata: { request: fast } });
  });

  it('comes back as it was set, and the full model without a variant', async () => {
    const { studio, archive } = await studioWith();
    await studio.generate();
    studio.settings.getState().chooseVariant('fast', INFO);
    await studio.generate();
    const [few, full] = await archive.list();
    await studio.openRun(full!.id);
    expect(studio.settings.getState()).toMatchObject({ variant: null, steps: 16, guidance: 3 });
    await studio.openRun(few!.id);
    expect(studio.settings.getState()).toMatchObject({ variant: 'fast', steps: 4, guidance: 1 });
    expect(full!.request).not.toHaveProperty('variant');
  });

  it('takes from the model what a link leaves open, for the variant that the link names', async () => {
    const { studio } = await studioWith(fakeEngine(), { variant: 'fast' });
    expect(studio.settings.getState()).toMatchObject({ variant: 'fast', steps: 4, guidance: 1 });
  });

  it('begins nothing where the model has no such variant, and says which it has', async () => {
    const { studio } = await studioWith(fakeEngine(), { variant: 'turbo' });
    await studio.generate();
    expect(studio.run.getState().header).toBeNull();
    expect(studio.notices.getState().notices[0]?.text).toContain('“turbo”; choose Full or “Few steps”');
  });

  it('shows what is being loaded until the first step', async () => {
    const seen: unknown[] = [];
    const progress = {
      stage: 'download',
      file: 'unet_fast/model.onnx',
      loadedBytes: 1,
      totalBytes: 2,
    } as const;
    const step = { done: 1, total: 2, remainingMs: null, laneId: 'lane-1', indices: [0], step: 0 };
    const worker = fakeEngine((emit) => {
      emit({ type: 'loading', progress });
      seen.push(studio.run.getState().loading);
      emit({ type: 'progress', ...step });
      seen.push(studio.run.getState().loading);
      return { type: 'done', timings };
    });
    const { studio } = await studioWith(worker);
    await studio.generate();
    expect(seen).toEqual([progress, null]);
  });
});

describe('a past run', () => {
  it('comes back with its counts and sets the studio as it was set', async () => {
    const { studio, archive } = await studioWith();
    await studio.generate();
    const before = studio.run.getState().lanes;
    studio.settings.getState().change({ prompt: 'something else', seeds: '99' });
    studio.run.getState().clear();
    await studio.openRun((await archive.list())[0]!.id);
    expect(studio.settings.getState()).toMatchObject({ prompt: 'a photo of a doctor', seeds: '7', count: 5 });
    // Sums of probabilities depend in their last bits on the order in which the images come back.
    const tallies = (lanes: typeof before) =>
      JSON.stringify(
        Object.values(lanes).map(({ tally }) => tally),
        (_, value) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value),
      );
    expect(tallies(studio.run.getState().lanes)).toEqual(tallies(before));
  });

  it('that was cut off by a closed tab shows what it has and does not claim to run', async () => {
    const { studio, archive } = await studioWith();
    await studio.generate();
    const [run] = await archive.list();
    await archive.saveRun({ ...run!, status: 'running' });
    await studio.history.getState().refresh();
    await studio.openRun(run!.id);
    expect(studio.run.getState().status).toBe('cancelled');
  });

  it('is deleted only when the undo has gone', async () => {
    const { studio, archive } = await studioWith();
    await studio.generate();
    const [run] = await archive.list();
    studio.deleteRun(run!.id);
    const [undo] = studio.notices.getState().notices;
    expect(await archive.list()).toHaveLength(1);
    undo!.action!.run();
    studio.notices.getState().close(undo!.id, true);
    await vi.waitFor(() => expect(studio.history.getState().runs).toHaveLength(1));
    studio.deleteRun(run!.id);
    studio.notices.getState().close(studio.notices.getState().notices[0]!.id);
    await vi.waitFor(async () => expect(await archive.list()).toHaveLength(0));
  });
});

describe('replay', () => {
  it('draws the image again and finds the pixels identical', async () => {
    const { studio } = await studioWith();
    await studio.generate();
    expect(await studio.replay('lane-1', 3, () => undefined)).toMatchObject({
      type: 'compared',
      differing: 0,
      pixels: 1,
    });
  });
});
