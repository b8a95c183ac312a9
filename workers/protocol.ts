import type { ErrorReport } from '../src/core/errors';
import type { SchedulerId } from '../src/core/schedulers';
import type { AuditJob, AuditProgress, AuditReport } from './audit/types';
import type { DeltaSize } from './deltas/apply';
import type { DeltaCard } from './deltas/card';
import type { InspectedImage, InspectJob, InspectProgress } from './inspect/types';
import type { Capability } from './methods/unet';
import type { ModelPlace } from './models/types';
import type { PackInfo, PackPlace } from './perception/pack/types';
import type { UnetFound } from './pipeline/unet';
import type { Projector, ProjectorJob, TrainingProgress } from './projector/types';

/**
 * What passes between the page and the engine worker: plain, cloneable data only.
 * The page never sees a tensor of the UNet; the worker never sees React.
 */

export type Backend = 'webgpu' | 'wasm';
/** 'auto' takes WebGPU when a hardware adapter is there, else wasm; a software adapter is used only when asked for by name. */
export type BackendChoice = Backend | 'auto';

/** Which backend runs and why, in words that are shown as they stand. */
export interface BackendReport {
  readonly backend: Backend;
  /** e.g. "WebGPU on nvidia ampere" or "wasm, 2 threads". */
  readonly title: string;
  /** Why this one, e.g. "This browser offers no WebGPU adapter, so the CPU does the work." */
  readonly reason: string;
  readonly adapter?: { vendor: string; architecture: string; software: boolean };
  readonly threads: number;
}

/** One attribute that the reader of a model reads, or that a method can ask for. Values are stable ids. */
export interface AttributeInfo {
  readonly id: string;
  readonly title: string;
  readonly values: readonly { readonly id: string; readonly title: string }[];
  /** A reading whose highest probability is below this counts as unclear. */
  readonly unclearBelow: number;
  /** How the reader errs, where that was measured. */
  readonly error?: ReaderError;
}

/** Persons of a labelled test that were read clearly. */
export interface ReaderError {
  /** [true][read], K x K. */
  readonly confusion: readonly (readonly number[])[];
  /** Which pictures, labelled by whom. */
  readonly on: string;
}

/** What a run of a model, or of one of its variants, starts with. */
export interface RunDefaults {
  readonly steps: number;
  readonly guidanceScale: number;
  readonly scheduler: SchedulerId;
}

/** Another UNet of the same model, for the same text and latents: distilled to few steps, for example. */
export interface VariantInfo {
  readonly id: string;
  readonly title: string;
  readonly defaults: RunDefaults;
}

/** A trained variant: a small change of the model's weights, or words that it learned, which a lane can draw with. */
export interface DeltaInfo {
  readonly id: string;
  readonly name: string;
  /** null for a file without one, and for one whose card is damaged. */
  readonly card: DeltaCard | null;
  /** Why it cannot be used on this model. */
  readonly problem: ErrorReport | null;
  /** Words that it adds, as they stand in a prompt: "<fair-person>". */
  readonly tokens: readonly string[];
  /** Ids of the UNets (`VariantInfo`) that it can be added to; null stands for the full one. */
  readonly drawsWith: readonly (string | null)[];
  /** Of its file. */
  readonly bytes: number;
  /** Names its content: the SHA-256 of a variant's manifest; of a brought file its id. */
  readonly hash: string;
}

/** A file of a variant that the user brought; the id names its content. */
export interface BroughtDelta {
  readonly id: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a variant does to each graph that it changes, by the graph's path. */
export interface DeltaFacts {
  readonly info: DeltaInfo;
  readonly sizes: Readonly<Record<string, DeltaSize>>;
}

export interface ModelInfo {
  readonly id: string;
  readonly title: string;
  /** SHA-256 of the manifest: names the exact files, goes into metadata and links. */
  readonly hash: string;
  readonly imageSize: number;
  readonly latentDims: readonly [channels: number, height: number, width: number];
  readonly maxTokens: number;
  readonly predictionType: 'epsilon' | 'v_prediction' | 'sample';
  readonly defaults: RunDefaults;
  /** Empty for a model that is only its full self. */
  readonly variants: readonly VariantInfo[];
  /** Trained variants that lie beside the model. */
  readonly deltas: readonly DeltaInfo[];
  readonly attributes: readonly AttributeInfo[];
  /** The pack that reads its pictures; null: what the model brings itself, if anything. */
  readonly perception: PackInfo | null;
  /** What its UNet was found to be made of, and what it cannot give; in words. */
  readonly unet: UnetFound;
  /** What methods can reach inside its UNet. */
  readonly capabilities: readonly Capability[];
  readonly backend: BackendReport;
  /** Bytes by part, for the "what was loaded" view. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** What the tokenizer makes of a prompt. */
export interface PromptReport {
  readonly tokenCount: number;
  readonly maxTokens: number;
  /** The part of the prompt that no longer fits and is ignored; empty if everything fits. */
  readonly cutText: string;
  /** Words that never stood in a training caption (only known for models that ship their vocabulary). */
  readonly unknownWords: readonly string[];
}

export type ParameterValue = number | string | boolean;
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** One method with its parameters, shown beside others on the same seeds. */
export interface Lane {
  readonly id: string;
  readonly name: string;
  readonly method: string;
  readonly parameters: Parameters;
  /** The trained variant that draws in this lane; absent: the model as it is. */
  readonly delta?: LaneDelta;
}

export interface LaneDelta {
  /** Of `ModelInfo.deltas`, or of a file that was brought. */
  readonly id: string;
  /** 0 (the model as it is, to the bit) to 1 (the variant as it was trained). */
  readonly strength: number;
}

/** A share wanted for every value of one attribute; shares sum to 1. */
export interface Target {
  readonly attribute: string;
  readonly shares: Readonly<Record<string, number>>;
}

/** One press of Generate. */
export interface RunRequest {
  readonly prompt: string;
  /** One image per seed and lane; integers in 0 .. 2^32 - 1. */
  readonly seeds: readonly number[];
  readonly steps: number;
  readonly guidanceScale: number;
  readonly scheduler: SchedulerId;
  /** Id of the model's variant that draws; absent: the full model. */
  readonly variant?: string;
  /** Images per UNet call and lane. Fixed for a run, since it is part of what makes pixels repeat. */
  readonly batchSize: number;
  readonly lanes: readonly Lane[];
  readonly targets: readonly Target[];
  /**
   * Positions in `seeds` to draw; absent: all. The others are only counted by the methods, so that a single image of a run
   * can be drawn again with the attribute values that were assigned to it.
   */
  readonly only?: readonly number[];
}

/** What a classifier read on one person: probabilities, never a bare label. */
export interface PersonReading {
  /** Head box in pixels of the image. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
  /** Confidence that a person is here, 0..1. */
  readonly score: number;
  /** attribute id -> probability per value, in the attribute's order; sums to 1. */
  readonly attributes: Readonly<Record<string, readonly number[]>>;
}

/** One individual that a method found in a picture and gave values of its own. */
export interface Region {
  /** As the prompt calls it, numbered: "doctor 1". No two of an image are the same. */
  readonly name: string;
  /** The grid that it was found on, over the whole picture. */
  readonly columns: number;
  readonly rows: number;
  /** Which places of the grid are its, as runs row by row (src/core/runs.ts). */
  readonly runs: readonly number[];
  /** attribute id -> value id that was asked for on this individual. */
  readonly assigned: Readonly<Record<string, string>>;
  /** Mean part of the votes of the attention layers that its places got, 0..1. */
  readonly votes?: number;
}

/** What a method says it did to one image, for the inspector and for the metadata. */
export interface MethodTrace {
  /** The prompt that was encoded, when the method rewrote it. */
  readonly prompt?: string;
  /** attribute id -> value id that was asked for on this image. */
  readonly assigned?: Readonly<Record<string, string>>;
  /** Individuals that were treated each by themselves. */
  readonly regions?: readonly Region[];
  /** Further named numbers or sentences (leak of an edit, gate decisions ...). */
  readonly notes?: Readonly<Record<string, number | string>>;
}

export interface ImageResult {
  readonly laneId: string;
  /** Position in request.seeds. */
  readonly index: number;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  /** RGBA, row-major; transferred. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  readonly people: readonly PersonReading[];
  readonly trace: MethodTrace;
  /** This image's share of the batch's wall time, milliseconds. */
  readonly milliseconds: number;
}

/** Where the time of a run went, milliseconds. */
export interface RunTimings {
  /** Text, and what methods prepare. */
  readonly encode: number;
  readonly denoise: number;
  /** Part of `denoise` that was spent inside session.run of the UNet. */
  readonly unetRun: number;
  readonly decode: number;
  readonly perceive: number;
  readonly steps: number;
  /** UNet evaluations that were done, counted per image and text branch. */
  readonly unetEvaluations: number;
  /** Those that were not, because another lane had asked the same before. */
  readonly unetEvaluationsShared: number;
  /** Those of methods that measure the model before they draw; not among `unetEvaluations`. */
  readonly unetEvaluationsPreparing: number;
}

export type RunEvent =
  /** The UNet of a variant is fetched and opened, once, when the first run asks for it; so is a trained variant of a lane. */
  | { readonly type: 'loading'; readonly progress: LoadProgress }
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly remainingMs: number | null;
      readonly laneId: string;
      readonly indices: readonly number[];
      readonly step: number;
    }
  | {
      readonly type: 'preview';
      readonly laneId: string;
      readonly index: number;
      readonly width: number;
      readonly height: number;
      readonly pixels: Uint8ClampedArray<ArrayBuffer>;
    }
  | { readonly type: 'image'; readonly image: ImageResult }
  | { readonly type: 'lane-failed'; readonly laneId: string; readonly error: ErrorReport }
  | { readonly type: 'note'; readonly text: string };

export type RunOutcome =
  | { readonly type: 'done'; readonly timings: RunTimings }
  | { readonly type: 'cancelled'; readonly timings: RunTimings }
  | { readonly type: 'failed'; readonly error: ErrorReport; readonly timings: RunTimings };

export interface LoadProgress {
  /** 'apply': a trained variant is added to the weights of a graph. */
  readonly stage: 'download' | 'verify' | 'start' | 'apply';
  readonly file: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorReport };

/** How far this device's numbers are from the CPU's, on two denoising steps and one decoding of the loaded model. */
export interface DeviceCheck {
  /** Largest absolute difference of the final latents. */
  readonly latent: number;
  /** Largest difference of a colour, in levels of 256. */
  readonly pixel: number;
  readonly tolerance: { readonly latent: number; readonly pixel: number };
  readonly agrees: boolean;
  readonly milliseconds: number;
}

/** The comlink surface of workers/engine.ts. Functions passed in are comlink proxies. */
export interface Engine {
  /**
   * Loads a model; a second call with the same arguments answers at once.
   * @param budget bytes of graph files that may be open at a time; null or absent: all.
   */
  load(
    place: ModelPlace,
    backend: BackendChoice,
    onProgress: (progress: LoadProgress) => void,
    budget?: number | null,
  ): Promise<Result<ModelInfo>>;
  inspectPrompt(prompt: string): Promise<Result<PromptReport>>;
  /**
   * Draws the same small thing here and on wasm, or takes what wasm drew before, and compares. Not while a request runs.
   * @param onSign called now and then: a large model takes minutes on wasm.
   */
  checkDevice(onSign: () => void): Promise<Result<DeviceCheck>>;
  /**
   * Runs one request; events arrive in order; settles after the last event. One at a time.
   * @param projectors those that lanes name by their parameters. @param deltas files that lanes name, beside the model's own variants.
   */
  generate(
    request: RunRequest,
    onEvent: (event: RunEvent) => void,
    projectors?: readonly Projector[],
    deltas?: readonly BroughtDelta[],
  ): Promise<RunOutcome>;
  /**
   * What a trained variant changes in the loaded model and how much; nothing is opened or kept.
   * @param delta the id of one of the model's own, or a file that was brought.
   */
  describeDelta(delta: string | BroughtDelta): Promise<Result<DeltaFacts>>;
  /** Trains a projector on the loaded model. Not while a request runs. */
  trainProjector(
    job: ProjectorJob,
    onProgress: (progress: TrainingProgress) => void,
  ): Promise<Result<Projector>>;
  /** Finds the weights of a UCE lane by its audit, on the loaded model. Not while a request runs. */
  findWeights(
    job: AuditJob,
    onProgress: (progress: AuditProgress) => void,
    deltas?: readonly BroughtDelta[],
  ): Promise<Result<AuditReport>>;
  /** Draws one image of a run again and writes down every step of it. Not while a request runs. */
  inspect(
    job: InspectJob,
    onProgress: (progress: InspectProgress) => void,
    projectors?: readonly Projector[],
    deltas?: readonly BroughtDelta[],
  ): Promise<Result<InspectedImage>>;
  /**
   * Reads pictures with this pack from now on, of this model and of those opened later; null: with what a model brings itself.
   * A pack that cannot be opened changes nothing. Not while a request runs.
   */
  perceiveWith(
    pack: PackPlace | null,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Result<ModelInfo>>;
  /** The running request, training, audit or inspection stops before its next step. No-op when nothing runs. */
  cancel(): void;
}
