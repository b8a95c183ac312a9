import { proxy, transfer, wrap } from 'comlink';
import type { AuditJob, AuditProgress, AuditReport } from '../../workers/audit/types';
import type { InspectedImage, InspectJob, InspectProgress } from '../../workers/inspect/types';
import type { ModelPlace } from '../../workers/models/types';
import type { PackPlace } from '../../workers/perception/pack/types';
import type { Projector, ProjectorJob, TrainingProgress } from '../../workers/projector/types';
import type {
  BackendChoice,
  BroughtDelta,
  DeltaFacts,
  DeviceCheck,
  Engine,
  LoadProgress,
  ModelInfo,
  PromptReport,
  Result,
  RunEvent,
  RunOutcome,
  RunRequest,
  RunTimings,
} from '../../workers/protocol';
import { type ErrorReport, EvenhandError, reportOf } from '../core/errors';

/** One engine worker as the page holds it. `onCrash` fires when its script fails outside any call. */
export interface EngineWorker {
  readonly engine: {
    readonly [K in keyof Engine]: (...args: Parameters<Engine[K]>) => Promise<Awaited<ReturnType<Engine[K]>>>;
  };
  terminate(): void;
  onCrash(listener: (detail: string) => void): void;
}

export interface Patience {
  /** Silence of a running engine after which it counts as stalled. */
  readonly stallMs: number;
  /** How long a cancelled step may take to return before the worker is ended. */
  readonly cancelMs: number;
}

/** A step on the CPU may take long, and the first one compiles; two sessions that hang never end (ORT issue 32561). */
const PATIENCE: Patience = { stallMs: 180_000, cancelMs: 5_000 };

const NO_TIMINGS: RunTimings = {
  encode: 0,
  denoise: 0,
  unetRun: 0,
  decode: 0,
  perceive: 0,
  steps: 0,
  unetEvaluations: 0,
  unetEvaluationsShared: 0,
  unetEvaluationsPreparing: 0,
};

export function spawnEngineWorker(): EngineWorker {
  const worker = new Worker(new URL('../../workers/engine.ts', import.meta.url), { type: 'module' });
  const remote = wrap<Engine>(worker);
  return {
    engine: {
      load: (place, backend, onProgress, budget) => remote.load(place, backend, proxy(onProgress), budget),
      inspectPrompt: (prompt) => remote.inspectPrompt(prompt),
      checkDevice: (onSign) => remote.checkDevice(proxy(onSign)),
      generate: (request, onEvent, projectors, deltas) =>
        remote.generate(request, proxy(onEvent), projectors, deltas),
      // The pictures change hands instead of being copied: there are many, and the page has no more use for them.
      trainProjector: (job, onProgress) =>
        remote.trainProjector(transfer(job, pixelsOf(job)), proxy(onProgress)),
      findWeights: (job, onProgress, deltas) => remote.findWeights(job, proxy(onProgress), deltas),
      inspect: (job, onProgress, projectors, deltas) =>
        remote.inspect(job, proxy(onProgress), projectors, deltas),
      describeDelta: (delta) => remote.describeDelta(delta),
      perceiveWith: (pack, onProgress) => remote.perceiveWith(pack, proxy(onProgress)),
      cancel: () => remote.cancel(),
    },
    terminate: () => worker.terminate(),
    onCrash: (listener) =>
      worker.addEventListener('error', (event) => listener(event.message || 'no detail')),
  };
}

const pixelsOf = ({ groups }: ProjectorJob): ArrayBuffer[] =>
  groups.flatMap(({ fair, stereotypical }) => [...fair, ...stereotypical]).map(({ pixels }) => pixels.buffer);

/**
 * The page's side of the engine: at most one worker, watched. A worker that falls silent, crashes or does not heed
 * a cancel is ended; what it had finished has already been handed over and stays.
 */
export class EngineClient {
  #worker: EngineWorker | null = null;
  #loaded = false;
  /** Ends the call in progress from outside: the worker crashed, stalled or was ended. */
  #abandon: ((report: ErrorReport | 'cancelled') => void) | null = null;
  #cancelTimer: ReturnType<typeof setTimeout> | undefined;
  /** Another model on its way in. */
  #next: EngineClient | null = null;
  /** The check under way; a run waits for it, since the engine does one thing at a time. */
  #checking: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly spawn: () => EngineWorker = spawnEngineWorker,
    private readonly patience: Patience = PATIENCE,
  ) {}

  /** False after the worker had to be ended: the model must be loaded again. */
  get loaded(): boolean {
    return this.#loaded;
  }

  async load(
    place: ModelPlace,
    backend: BackendChoice,
    onProgress: (progress: LoadProgress) => void,
    budget: number | null = null,
  ): Promise<Result<ModelInfo>> {
    const worker = this.#start();
    const answer = await this.#watched<Result<ModelInfo>>(
      (alive) =>
        worker.engine.load(
          place,
          backend,
          (progress) => {
            if (alive()) onProgress(progress);
          },
          budget,
        ),
      (report) => ({ ok: false, error: report === 'cancelled' ? cancelled() : report }),
    );
    this.#loaded = answer.ok;
    return answer;
  }

  /**
   * Opens another model in a worker of its own and takes that one over once it stands ready; until then, and if it never does, what is
   * loaded stays as it is.
   */
  async replace(...asked: Parameters<EngineClient['load']>): Promise<Result<ModelInfo>> {
    const next = new EngineClient(this.spawn, this.patience);
    this.#next = next;
    const answer = await next.load(...asked);
    this.#next = null;
    await this.#checking;
    if (answer.ok) this.#takeOver(next);
    else next.#end();
    return answer;
  }

  async inspectPrompt(prompt: string): Promise<Result<PromptReport> | null> {
    const worker = this.#worker;
    if (!worker || !this.#loaded) return null;
    try {
      return await worker.engine.inspectPrompt(prompt);
    } catch (error) {
      return { ok: false, error: reportOf(error) };
    }
  }

  /** Draws the same small thing on this device and on the CPU, and compares. */
  checkDevice(): Promise<Result<DeviceCheck>> {
    const worker = this.#worker;
    if (!worker || !this.#loaded) return Promise.resolve({ ok: false, error: notLoaded() });
    const check = this.#watched<Result<DeviceCheck>>(
      (alive) => worker.engine.checkDevice(alive),
      (report) => ({ ok: false, error: report === 'cancelled' ? cancelled() : report }),
    );
    this.#checking = check;
    return check;
  }

  /** Settles after the last event, always: with the engine's own outcome or with what ended it. */
  async generate(
    request: RunRequest,
    onEvent: (event: RunEvent) => void,
    projectors: readonly Projector[] = [],
    deltas: readonly BroughtDelta[] = [],
  ): Promise<RunOutcome> {
    await this.#checking;
    const worker = this.#worker;
    if (!worker || !this.#loaded) {
      return { type: 'failed', error: notLoaded(), timings: NO_TIMINGS };
    }
    return this.#watched<RunOutcome>(
      (alive) =>
        worker.engine.generate(
          request,
          (event) => {
            if (alive()) onEvent(event);
          },
          projectors,
          deltas,
        ),
      (report) =>
        report === 'cancelled'
          ? { type: 'cancelled', timings: NO_TIMINGS }
          : { type: 'failed', error: report, timings: NO_TIMINGS },
    );
  }

  /** Trains a projector on the loaded model; `cancel` ends it. */
  async trainProjector(
    job: ProjectorJob,
    onProgress: (progress: TrainingProgress) => void,
  ): Promise<Result<Projector>> {
    await this.#checking;
    const worker = this.#worker;
    if (!worker || !this.#loaded) return { ok: false, error: notLoaded() };
    return this.#watched<Result<Projector>>(
      (alive) =>
        worker.engine.trainProjector(job, (progress) => {
          if (alive()) onProgress(progress);
        }),
      (report) => ({ ok: false, error: report === 'cancelled' ? cancelled() : report }),
    );
  }

  /** Finds the weights of a UCE lane by its audit; `cancel` ends it. */
  async findWeights(
    job: AuditJob,
    onProgress: (progress: AuditProgress) => void,
    deltas: readonly BroughtDelta[] = [],
  ): Promise<Result<AuditReport>> {
    await this.#checking;
    const worker = this.#worker;
    if (!worker || !this.#loaded) return { ok: false, error: notLoaded() };
    return this.#watched<Result<AuditReport>>(
      (alive) =>
        worker.engine.findWeights(
          job,
          (progress) => {
            if (alive()) onProgress(progress);
          },
          deltas,
        ),
      (report) => ({ ok: false, error: report === 'cancelled' ? cancelled() : report }),
    );
  }

  /** Draws one image of a run again and writes down every step of it; `cancel` ends it. */
  async inspect(
    job: InspectJob,
    onProgress: (progress: InspectProgress) => void,
    projectors: readonly Projector[] = [],
    deltas: readonly BroughtDelta[] = [],
  ): Promise<Result<InspectedImage>> {
    await this.#checking;
    const worker = this.#worker;
    if (!worker || !this.#loaded) return { ok: false, error: notLoaded() };
    return this.#watched<Result<InspectedImage>>(
      (alive) =>
        worker.engine.inspect(
          job,
          (progress) => {
            if (alive()) onProgress(progress);
          },
          projectors,
          deltas,
        ),
      (report) => ({ ok: false, error: report === 'cancelled' ? cancelled() : report }),
    );
  }

  /** What a trained variant changes in the loaded model; also while something else runs. */
  async describeDelta(delta: string | BroughtDelta): Promise<Result<DeltaFacts>> {
    const worker = this.#worker;
    if (!worker || !this.#loaded) return { ok: false, error: notLoaded() };
    try {
      return await worker.engine.describeDelta(delta);
    } catch (error) {
      return { ok: false, error: reportOf(error) };
    }
  }

  /** Reads pictures with a pack, or with what the model brings itself; `cancel` ends it and the worker. */
  async perceiveWith(
    pack: PackPlace | null,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Result<ModelInfo>> {
    await this.#checking;
    const worker = this.#worker;
    if (!worker || !this.#loaded) return { ok: false, error: notLoaded() };
    return this.#watched<Result<ModelInfo>>(
      (alive) =>
        worker.engine.perceiveWith(pack, (progress) => {
          if (alive()) onProgress(progress);
        }),
      (report) => ({ ok: false, error: report === 'cancelled' ? cancelled() : report }),
    );
  }

  /** Ends the opening of another model. */
  cancelReplacing(): void {
    this.#next?.dispose();
  }

  /** Asks the engine to stop before its next step, and ends the worker if it does not. */
  cancel(): void {
    if (!this.#worker || !this.#abandon || this.#cancelTimer !== undefined) return;
    void this.#worker.engine.cancel().catch(() => undefined);
    this.#cancelTimer = setTimeout(() => this.#abandon?.('cancelled'), this.patience.cancelMs);
  }

  dispose(): void {
    this.#abandon?.('cancelled');
    this.#end();
  }

  #start(): EngineWorker {
    this.#end();
    const worker = this.spawn();
    this.#hold(worker);
    return worker;
  }

  #takeOver(next: EngineClient): void {
    this.#end();
    const worker = next.#worker;
    next.#worker = null;
    if (worker) this.#hold(worker);
    this.#loaded = worker !== null;
  }

  #hold(worker: EngineWorker): void {
    worker.onCrash((detail) => {
      if (this.#worker === worker) this.#abandon?.(crashed(detail));
    });
    this.#worker = worker;
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#loaded = false;
  }

  /** Runs one call under the watchdog. `alive` is to be asked on every event: it feeds the watchdog and is false once abandoned. */
  #watched<T>(
    call: (alive: () => boolean) => Promise<T>,
    abandoned: (report: ErrorReport | 'cancelled') => T,
  ): Promise<T> {
    return new Promise<T>((resolve) => {
      let open = true;
      let timer: ReturnType<typeof setTimeout>;
      const settle = (value: T) => {
        open = false;
        clearTimeout(timer);
        clearTimeout(this.#cancelTimer);
        this.#cancelTimer = undefined;
        this.#abandon = null;
        resolve(value);
      };
      const abandon = (report: ErrorReport | 'cancelled') => {
        if (!open) return;
        this.#end();
        settle(abandoned(report));
      };
      const alive = () => {
        if (!open) return false;
        clearTimeout(timer);
        timer = setTimeout(() => abandon(stalled(this.patience.stallMs)), this.patience.stallMs);
        return true;
      };
      this.#abandon = abandon;
      alive();
      call(alive).then(
        (value) => open && settle(value),
        (error: unknown) => abandon(reportOf(error)),
      );
    });
  }
}

const stalled = (ms: number): ErrorReport =>
  reportOf(
    new EvenhandError(
      'engine-stalled',
      `The engine gave no sign of life for ${Math.round(ms / 1000)} seconds, so it was ended and started anew.`,
      'Finished images are kept. Press Generate again; if it stalls twice, choose the other backend under More.',
    ),
  );

const crashed = (detail: string): ErrorReport =>
  reportOf(
    new EvenhandError(
      'internal',
      'The engine stopped unexpectedly.',
      'Finished images are kept. Reload the page and try again; if it happens twice, report it with the detail.',
      { cause: detail },
    ),
  );

const notLoaded = (): ErrorReport =>
  reportOf(
    new EvenhandError(
      'model-missing',
      'No model is loaded yet.',
      'Wait until the model is ready, or load it again.',
    ),
  );

const cancelled = (): ErrorReport =>
  reportOf(
    new EvenhandError('cancelled', 'Loading was stopped.', 'Load the model again when you are ready.'),
  );
