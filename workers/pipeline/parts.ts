import type { RawSchedulerConfig, Scheduler } from '../../src/core/schedulers';
import type { PreparedMethod } from '../methods/method';
import type { Reader } from '../perception/reader';
import type { Encoder } from '../projector/encoder';
import type { Projector } from '../projector/types';
import type { AttributeInfo, LoadProgress, RunEvent, RunRequest, RunTimings, VariantInfo } from '../protocol';
import type { Decoder } from './decoder';
import type { Denoiser } from './denoiser';
import type { Previewer } from './preview';
import type { Progress } from './progress';
import type { Remembered } from './remembered';
import type { TextEncoder } from './textEncoder';
import type { PromptTokenizer } from './tokenizer';
import type { Weights } from './weights';

/** What a request runs on: the opened graphs of one model. */
export interface PipelineParts {
  readonly tokenizer: PromptTokenizer;
  readonly textEncoder: TextEncoder;
  /** The full model's. */
  readonly denoiser: Denoiser;
  readonly variants: readonly VariantInfo[];
  /**
   * The denoiser of a variant, the full one for undefined. A variant's file is fetched, checked and opened at the first call
   * and then stays open.
   * @throws EvenhandError 'request-invalid' for a variant that the model does not have, or what loading a file throws.
   */
  denoiserOf(variant: string | undefined, onProgress: (progress: LoadProgress) => void): Promise<Denoiser>;
  /** What each lane draws with: the model as it is, or a trained variant of it. */
  readonly weights: Weights;
  readonly decoder: Decoder;
  /**
   * The VAE's encoder, which only training needs: fetched and opened at the first call.
   * @throws EvenhandError 'model-unsupported' for a model that brings none, or what loading a file throws.
   */
  encoder(onProgress: (progress: LoadProgress) => void): Promise<Encoder>;
  /** Absent for models that bring none; images then have no people. */
  readonly reader: Reader | undefined;
  readonly previewer: Previewer;
  readonly schedulerConfig: RawSchedulerConfig;
  readonly latentDims: readonly [channels: number, height: number, width: number];
  readonly attributes: readonly AttributeInfo[];
  readonly model: { readonly title: string; readonly hash: string };
  /** What methods prepared for requests before. */
  readonly remembered: Remembered;
  /** See Runtime.rowsStandAlone. */
  readonly rowsStandAlone: boolean;
}

export type Emit = (event: RunEvent) => void;
export type MutableTimings = { -readonly [Key in keyof RunTimings]: RunTimings[Key] };

/** One request under way. */
export interface RunContext {
  readonly parts: PipelineParts;
  readonly request: RunRequest;
  /** What lanes may name by their parameters. */
  readonly projectors: readonly Projector[];
  readonly scheduler: Scheduler;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  readonly timings: MutableTimings;
  readonly progress: Progress;
  /** Notes that were emitted already. */
  readonly noted: Set<string>;
  readonly wrap: (method: PreparedMethod) => PreparedMethod;
}

export function noTimings(): MutableTimings {
  return {
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
}

/** Adds the time that a piece of work took, in milliseconds, to one entry; also when it fails. */
export async function timed<T>(
  timings: MutableTimings,
  key: 'encode' | 'decode' | 'perceive',
  work: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  try {
    return await work();
  } finally {
    timings[key] += performance.now() - start;
  }
}
