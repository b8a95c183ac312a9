import { EvenhandError, reportOf } from '../src/core/errors';
import { runAudit } from './audit/run';
import { compareProbes, TOLERANCE, TOLERANCE_FLOAT16 } from './deviceCheck';
import type { ModelPlace } from './models/types';
import { packSource } from './perception/pack/source';
import type { PackPlace } from './perception/pack/types';
import { noTimings } from './pipeline/parts';
import { loadPipeline, type Pipeline } from './pipeline/pipeline';
import { PROBE_VERSION, type Probe, probe } from './pipeline/probe';
import type { ModelSource } from './pipeline/source';
import type { BackendChoice, DeviceCheck, Engine, LoadProgress, ModelInfo } from './protocol';
import type { References } from './references';
import { asResult } from './result';
import { frugalRuntime } from './runtime/frugal';
import type { Runtime } from './runtime/runtime';

/** What the engine needs from its host. The page's worker gives fetch and onnxruntime-web; tests give folders and Node. */
export interface EngineHost {
  openSource(place: ModelPlace): ModelSource;
  openRuntime(backend: BackendChoice): Promise<Runtime>;
  /** Absent: what wasm draws is drawn each time. */
  readonly references?: References;
}

interface Loaded {
  readonly runtime: Runtime;
  readonly pipeline: Pipeline;
}

interface Slot {
  readonly place: ModelPlace;
  readonly backend: BackendChoice;
  readonly budget: number | null;
  /** Undefined after a failure or a lost device: the next call then opens the model anew. */
  loading: Promise<Loaded> | undefined;
}

/**
 * The engine without comlink: one model at a time, one request at a time.
 * After a lost device the next request opens the same model anew, from the files that are kept on this device.
 */
export function createEngine(host: EngineHost): Engine {
  let slot: Slot | undefined;
  let running: AbortController | undefined;
  let perception: PackPlace | null = null;

  /** One job at a time; `cancel` aborts its signal. */
  async function alone<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (running) throw busy();
    const controller = new AbortController();
    running = controller;
    try {
      return await work(controller.signal);
    } finally {
      running = undefined;
    }
  }

  async function start(own: Slot, onProgress: (progress: LoadProgress) => void): Promise<Loaded> {
    const whole = await host.openRuntime(own.backend);
    const runtime = own.budget === null ? whole : frugalRuntime(whole, own.budget);
    try {
      const pipeline = await loadPipeline(host.openSource(own.place), runtime, onProgress);
      // What opened on another model opens here too, but for a device that cannot run it: the model then reads by itself.
      if (perception) await pipeline.perceiveWith(packSource(perception), onProgress).catch(() => {});
      runtime.lost.then(() => {
        own.loading = undefined;
      });
      return { runtime, pipeline };
    } catch (error) {
      own.loading = undefined;
      await runtime.close();
      throw error;
    }
  }

  async function open(
    place: ModelPlace,
    backend: BackendChoice,
    onProgress: (progress: LoadProgress) => void,
    budget: number | null,
  ): Promise<Loaded> {
    if (!slot || keyOf(slot.place) !== keyOf(place) || slot.backend !== backend || slot.budget !== budget) {
      if (running) throw busy();
      const old = slot;
      slot = { place, backend, budget, loading: undefined };
      await close(old);
    }
    slot.loading ??= start(slot, onProgress);
    return slot.loading;
  }

  async function current(): Promise<Loaded> {
    if (!slot) throw notLoaded();
    return open(slot.place, slot.backend, () => {}, slot.budget);
  }

  async function checkAgainstWasm(onSign: () => void): Promise<DeviceCheck> {
    const start = performance.now();
    const { pipeline } = await current();
    const { place } = slot!;
    const own = await probe(pipeline.parts, onSign);
    const key = `${pipeline.info.hash}/${PROBE_VERSION}`;
    const kept = await host.references?.read(key);
    const expected = kept ?? (await drawnByWasm(place, onSign));
    if (!kept) await host.references?.keep(key, expected);
    const tolerance = place.kind === 'files' && place.float16 ? TOLERANCE_FLOAT16 : TOLERANCE;
    return compareProbes(own, expected, performance.now() - start, tolerance);
  }

  /** Opened for the check alone, one graph at a time, and closed again: its memory comes on top of the loaded model's. */
  async function drawnByWasm(place: ModelPlace, onSign: () => void): Promise<Probe> {
    let runtime: Runtime | undefined;
    try {
      runtime = frugalRuntime(await host.openRuntime('wasm'), 0);
      const reference = await loadPipeline(host.openSource(place), runtime, () => onSign());
      const drawn = await probe(reference.parts, onSign);
      await reference.close();
      return drawn;
    } catch (cause) {
      throw new EvenhandError(
        'model-too-large',
        'The CPU could not run this model for comparison, so nobody knows whether this graphics device computes it right.',
        'Look at the pictures before you trust the charts, or open a smaller export of the model.',
        { cause },
      );
    } finally {
      await runtime?.close();
    }
  }

  return {
    load: (place, backend, onProgress, budget = null) =>
      asResult<ModelInfo>(async () => (await open(place, backend, onProgress, budget)).pipeline.info),

    inspectPrompt: (prompt) => asResult(async () => (await current()).pipeline.inspectPrompt(prompt)),

    checkDevice: (onSign) => asResult(() => alone(() => checkAgainstWasm(onSign))),

    trainProjector: (job, onProgress) =>
      asResult(() =>
        alone(async (signal) => {
          const { pipeline } = await current();
          return await pipeline.trainProjector(job, onProgress, signal);
        }),
      ),

    findWeights: (job, onProgress, deltas = []) =>
      asResult(() =>
        alone(async (signal) => {
          const { pipeline } = await current();
          pipeline.parts.weights.bring(deltas);
          return await runAudit(pipeline, job, onProgress, signal);
        }),
      ),

    inspect: (job, onProgress, projectors = [], deltas = []) =>
      asResult(() =>
        alone(async (signal) => {
          const { pipeline } = await current();
          pipeline.parts.weights.bring(deltas);
          return await pipeline.inspect(job, projectors, onProgress, signal);
        }),
      ),

    perceiveWith: (pack, onProgress) =>
      asResult(() =>
        alone(async () => {
          const { pipeline } = await current();
          await pipeline.perceiveWith(pack && packSource(pack), onProgress);
          perception = pack;
          return pipeline.info;
        }),
      ),

    describeDelta: (delta) => asResult(async () => (await current()).pipeline.parts.weights.describe(delta)),

    async generate(request, onEvent, projectors, deltas = []) {
      try {
        return await alone(async (signal) => {
          const { pipeline } = await current();
          pipeline.parts.weights.bring(deltas);
          return await pipeline.runRequest(request, onEvent, signal, projectors);
        });
      } catch (error) {
        return { type: 'failed', error: reportOf(error), timings: noTimings() };
      }
    },

    cancel() {
      running?.abort();
    },
  };
}

const keyOf = (place: ModelPlace): string => (place.kind === 'url' ? place.baseUrl : place.key);

/** Frees what a slot holds. Graphs of a lost device cannot be closed properly; their memory went with it. */
async function close(slot: Slot | undefined): Promise<void> {
  const loaded = await slot?.loading?.catch(() => undefined);
  await loaded?.pipeline.close().catch(() => {});
  await loaded?.runtime.close().catch(() => {});
}

function notLoaded(): EvenhandError {
  return new EvenhandError('model-missing', 'No model has been loaded yet.', 'Load a model first.');
}

function busy(): EvenhandError {
  return new EvenhandError(
    'request-invalid',
    'Another run is still going on, and the engine does one at a time.',
    'Wait for it, or stop it first.',
  );
}
