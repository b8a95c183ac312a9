import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { madeProjector } from '../../workers/projector/testing/made';
import type { ModelInfo, RunEvent, RunOutcome, RunRequest } from '../../workers/protocol';
import type { ErrorReport } from '../core/errors';
import { EngineClient, type EngineWorker } from './engineClient';

const PATIENCE = { stallMs: 1000, cancelMs: 100 };
const request = { prompt: 'a doctor' } as RunRequest;
const timings = {
  encode: 0,
  denoise: 0,
  unetRun: 0,
  decode: 0,
  perceive: 0,
  steps: 1,
  unetEvaluations: 1,
  unetEvaluationsShared: 0,
  unetEvaluationsPreparing: 0,
};
const note: RunEvent = { type: 'note', text: 'still here' };

/** A worker whose generate answers only when the test says so. */
function fakeWorker() {
  const controls = {
    emit: (_: RunEvent): void => undefined,
    finish: (_: RunOutcome): void => undefined,
    crash: (_: string): void => undefined,
    terminated: 0,
    cancels: 0,
  };
  const worker: EngineWorker = {
    engine: {
      load: async () => ({ ok: true, value: { id: 'people' } as ModelInfo }),
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
      generate: (_request, onEvent) =>
        new Promise((resolve) => {
          controls.emit = onEvent;
          controls.finish = resolve;
        }),
      cancel: async () => {
        controls.cancels++;
      },
    },
    terminate: () => {
      controls.terminated++;
    },
    onCrash: (listener) => {
      controls.crash = listener;
    },
  };
  return { worker, controls };
}

async function running() {
  const { worker, controls } = fakeWorker();
  const client = new EngineClient(() => worker, PATIENCE);
  await client.load({ kind: 'url', baseUrl: 'models/people/' }, 'wasm', () => undefined);
  const events: RunEvent[] = [];
  const outcome = client.generate(request, (event) => events.push(event));
  return { client, controls, events, outcome };
}

describe('the engine client', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('passes events on and settles with the outcome of the engine', async () => {
    const { client, controls, events, outcome } = await running();
    controls.emit(note);
    controls.finish({ type: 'done', timings });
    expect(await outcome).toEqual({ type: 'done', timings });
    expect(events).toEqual([note]);
    expect(client.loaded).toBe(true);
    expect(controls.terminated).toBe(0);
  });

  it('ends a worker that gives no event for the stall time, and says so', async () => {
    const { client, controls, outcome } = await running();
    vi.advanceTimersByTime(PATIENCE.stallMs);
    expect(await outcome).toMatchObject({ type: 'failed', error: { code: 'engine-stalled' } });
    expect(controls.terminated).toBe(1);
    expect(client.loaded).toBe(false);
  });

  it('is patient as long as events keep coming', async () => {
    const { controls, outcome } = await running();
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(PATIENCE.stallMs - 1);
      controls.emit(note);
    }
    controls.finish({ type: 'done', timings });
    expect((await outcome).type).toBe('done');
  });

  it('lets a cancelled step return and keeps the worker', async () => {
    const { client, controls, outcome } = await running();
    client.cancel();
    expect(controls.cancels).toBe(1);
    controls.finish({ type: 'cancelled', timings });
    expect((await outcome).type).toBe('cancelled');
    vi.advanceTimersByTime(10 * PATIENCE.cancelMs);
    expect(controls.terminated).toBe(0);
    expect(client.loaded).toBe(true);
  });

  it('ends the worker when a cancelled step does not return', async () => {
    const { client, controls, events, outcome } = await running();
    client.cancel();
    client.cancel();
    vi.advanceTimersByTime(PATIENCE.cancelMs);
    expect((await outcome).type).toBe('cancelled');
    expect(controls.cancels).toBe(1);
    expect(controls.terminated).toBe(1);
    controls.emit(note);
    expect(events).toEqual([]);
  });

  it('reports a crash with its detail', async () => {
    const { controls, outcome } = await running();
    controls.crash('SyntaxError in engine.ts');
    expect(await outcome).toMatchObject({
      type: 'failed',
      error: { code: 'internal', detail: 'SyntaxError in engine.ts' },
    });
  });

  it('opens another model beside the loaded one and takes it over once it is ready', async () => {
    const [first, second] = [fakeWorker(), fakeWorker()];
    const workers = [first.worker, second.worker];
    const client = new EngineClient(() => workers.shift()!, PATIENCE);
    await client.load({ kind: 'url', baseUrl: 'a/' }, 'wasm', () => undefined);
    const answer = await client.replace({ kind: 'url', baseUrl: 'b/' }, 'wasm', () => undefined);
    expect(answer.ok).toBe(true);
    expect([first.controls.terminated, second.controls.terminated]).toEqual([1, 0]);
    const outcome = client.generate(request, () => undefined);
    await vi.advanceTimersByTimeAsync(0);
    second.controls.crash('gone');
    expect(await outcome).toMatchObject({ type: 'failed', error: { detail: 'gone' } });
  });

  it('keeps the loaded model when another cannot be opened', async () => {
    const [first, second] = [fakeWorker(), fakeWorker()];
    const broken = {
      ...second.worker,
      engine: {
        ...second.worker.engine,
        load: async () => ({ ok: false as const, error: {} as ErrorReport }),
      },
    };
    const workers = [first.worker, broken];
    const client = new EngineClient(() => workers.shift()!, PATIENCE);
    await client.load({ kind: 'url', baseUrl: 'a/' }, 'wasm', () => undefined);
    expect((await client.replace({ kind: 'url', baseUrl: 'b/' }, 'wasm', () => undefined)).ok).toBe(false);
    expect([first.controls.terminated, second.controls.terminated]).toEqual([0, 1]);
    expect(client.loaded).toBe(true);
  });

  it('stops the opening of another model and keeps the loaded one', async () => {
    const [first, second] = [fakeWorker(), fakeWorker()];
    const slow = {
      ...second.worker,
      engine: { ...second.worker.engine, load: () => new Promise<never>(() => undefined) },
    };
    const workers = [first.worker, slow];
    const client = new EngineClient(() => workers.shift()!, PATIENCE);
    await client.load({ kind: 'url', baseUrl: 'a/' }, 'wasm', () => undefined);
    const opening = client.replace({ kind: 'url', baseUrl: 'b/' }, 'wasm', () => undefined);
    client.cancelReplacing();
    expect(await opening).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect([first.controls.terminated, second.controls.terminated]).toEqual([0, 1]);
    expect(client.loaded).toBe(true);
  });

  it('refuses to generate before a model is loaded', async () => {
    const client = new EngineClient(() => fakeWorker().worker, PATIENCE);
    expect(await client.generate(request, () => undefined)).toMatchObject({
      type: 'failed',
      error: { code: 'model-missing' },
    });
  });
});
