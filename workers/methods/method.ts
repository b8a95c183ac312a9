import type { Tensor } from '../../src/core/tensor';
import type { Projector } from '../projector/types';
import type { AttributeInfo, MethodTrace, Parameters, PersonReading, Target } from '../protocol';
import type { AttentionMaps, Capability, SteeringReading, StepPlan, UnetAccess } from './unet';

export type * from './unet';

/**
 * The contract of a debiasing method (methods.md, section 10). A method is one folder:
 *   spec.ts   `export const spec: MethodSpec`  data only; the page builds the controls from it
 *   run.ts    `export const start: StartMethod`  the hooks
 * Folders are found by themselves (methods/index.ts); nothing lists them by hand.
 */

export type Evidence = 'faithful' | 'after' | 'ours';

/** Where a method takes hold on the way from prompt to picture; what the picker's small drawing shows. */
export type ActsOn = 'prompt' | 'text' | 'guidance' | 'latent' | 'attention' | 'middle' | 'weights';

export type ParameterSpec =
  | {
      readonly type: 'number';
      readonly id: string;
      readonly title: string;
      readonly help: string;
      readonly min: number;
      readonly max: number;
      readonly step: number;
      readonly default: number;
      readonly scale?: 'linear' | 'log';
    }
  | {
      readonly type: 'choice';
      readonly id: string;
      readonly title: string;
      readonly help: string;
      readonly options: readonly { readonly value: string; readonly title: string }[];
      readonly default: string;
    }
  | {
      readonly type: 'boolean';
      readonly id: string;
      readonly title: string;
      readonly help: string;
      readonly default: boolean;
    }
  | {
      /** The id of a trained projector that the page keeps; '' for none. */
      readonly type: 'projector';
      readonly id: string;
      readonly title: string;
      readonly help: string;
      readonly default: '';
    };

export interface MethodSpec {
  readonly id: string;
  readonly title: string;
  /** One plain sentence: what it does to the picture. */
  readonly summary: string;
  readonly evidence: Evidence;
  /** Full reference, or "ours" with the reason. */
  readonly citation: string;
  readonly parameters: readonly ParameterSpec[];
  /** Its weights can be found by an audit of the prompt (workers/audit). */
  readonly audited?: true;
  /** Absent for the base model, which is what all others act on. */
  readonly acts?: ActsOn;
  /**
   * UNet evaluations per image, all steps together, with the default parameters, relative to plain guidance (2 a step), for
   * the cost line: 1 = the same.
   */
  readonly relativeCost: number;
  /** What it needs from inside the UNet, whatever its parameters; a model that cannot give it refuses the lane in words. */
  readonly needs?: readonly Capability[];
  /** Order in the picker; lower first. */
  readonly order: number;
}

/**
 * A prompt as the UNet sees it: k and v are [tokens, width], what cross-attention makes its keys and its values of. They are the
 * same object unless a method splits them, which only a UNet with two text inputs can draw.
 */
export interface Condition {
  readonly prompt: string;
  readonly k: Tensor;
  readonly v: Tensor;
  /** Row of the first end-of-text token. */
  readonly eos: number;
}

/** Branch id -> condition. Always holds 'cond'; 'uncond' only when guidance is on. */
export type ConditionSet = Readonly<Record<string, Condition>>;

export interface StepInfo {
  readonly index: number;
  readonly total: number;
  /** 0 at first, and one more in each that `nextPass` asked for. */
  readonly pass: number;
  readonly timestep: number;
  /** Cumulative alpha at this timestep, 0..1. */
  readonly alphaBar: number;
  /** At which branches are mixed: 1 where the UNet guides itself. */
  readonly guidanceScale: number;
  readonly seed: number;
  readonly imageIndex: number;
}

/**
 * One image's run. Every hook is optional; what is absent behaves like the base lane. Tensors that a hook is given are not to be
 * written into: other lanes may be given the same.
 */
export interface MethodRun {
  /** Rewrites the prompt before it is encoded. */
  rewrite?(prompt: string): string;
  /** Maps encoded conditions, once per image. */
  conditions?(base: ConditionSet): ConditionSet;
  /** Maps encoded conditions for one step; for methods that switch text on the way. */
  stepConditions?(step: StepInfo, base: ConditionSet): ConditionSet;
  /** What is wanted from inside the UNet at this step, or done there. Asked after stepConditions. */
  plan?(step: StepInfo): StepPlan;
  /** By branch, what `plan` asked for; all three come before `combine` of the same step. */
  onMaps?(step: StepInfo, maps: Readonly<Record<string, AttentionMaps>>): void | Promise<void>;
  /** By branch, the mid-block's output, [C, h, w]. */
  onMiddle?(step: StepInfo, middle: Readonly<Record<string, Tensor>>): void;
  onSteering?(step: StepInfo, readings: Readonly<Record<string, SteeringReading>>): void;
  /** From the branches' predictions to the one the scheduler gets. Default: classifier-free guidance. */
  combine?(step: StepInfo, predictions: Readonly<Record<string, Tensor>>): Tensor;
  /**
   * Replaces the latent before the scheduler's step. `denoised` is the current estimate of the clean latent: of this latent, or of
   * another one with the prediction held fixed.
   */
  preStep?(step: StepInfo, latent: Tensor, prediction: Tensor, denoised: (latent?: Tensor) => Tensor): Tensor;
  /** Replaces the latent after the scheduler's step. */
  postStep?(step: StepInfo, latent: Tensor): Tensor;
  /**
   * After the last step: another pass over the steps from `from` on, with that latent before step `from`; undefined to be done.
   * @param pass the one that has ended, from 0; steps of the next have `pass + 1`.
   */
  nextPass?(pass: number): NextPass | undefined | Promise<NextPass | undefined>;
  trace(): MethodTrace;
}

export interface NextPass {
  readonly from: number;
  readonly latent: Tensor;
}

/** A word of a prompt and where the encoder put it. */
export interface PromptWord {
  /** As it stands in the prompt, and from where to where. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Rows of the encoded prompt; none for a word that no longer fits. */
  readonly rows: readonly number[];
}

/** Pictures that are taken through the steps while a method prepares, for what can be read on the way. */
export interface Rehearsal {
  readonly prompt: string;
  /** One picture each. */
  readonly seeds: readonly number[];
  /** The hooks of one of them, as in a MethodRun. */
  run(seed: number): Omit<MethodRun, 'trace' | 'rewrite' | 'conditions'>;
}

/** What a method may ask of the engine while it prepares. */
export interface MethodHost {
  readonly prompt: string;
  /** Of the request. */
  readonly steps: number;
  readonly guidanceScale: number;
  readonly targets: readonly Target[];
  readonly attributes: readonly AttributeInfo[];
  /** Word for an attribute value as the model's captions use it, e.g. ('gender', 'woman') -> "female". */
  wordFor(attribute: string, value: string): string;
  encode(prompts: readonly string[]): Promise<readonly Condition[]>;
  /** Words, numbers and marks of a prompt, in order. */
  words(prompt: string): readonly PromptWord[];
  /** The UNet that draws: what can be read and written inside it. */
  readonly unet: UnetAccess;
  /** Draws with the request's steps and guidance, up to the last latent. Expensive: see `remember`. */
  rehearse(rehearsal: Rehearsal): Promise<void>;
  /**
   * What was made once under that key for this method, with the same UNet, steps, scheduler and guidance; kept while the model is
   * loaded. @param key what else it depends on. @param make is not kept when it fails.
   */
  remember<T>(key: string, make: () => Promise<T>): Promise<T>;
  /** The model that draws; its hash names it, see ModelInfo. */
  readonly model: { readonly title: string; readonly hash: string };
  /** A projector that came with the request, by its id. */
  projector(id: string): Projector | undefined;
  /**
   * The people in a clean latent, decoded and read; the decoding is as dear as that of a finished picture. Absent for models without a
   * reader.
   */
  readPeople?(latent: Tensor): Promise<PeopleFound>;
  readonly signal: AbortSignal;
}

export interface PeopleFound {
  /** Of the decoded picture, in pixels. */
  readonly width: number;
  readonly height: number;
  /** From left to right; boxes in pixels of the picture. */
  readonly people: readonly PersonReading[];
}

/** Per image facts a method needs to start. */
export interface ImageSlot {
  readonly index: number;
  readonly seed: number;
}

/** Prepared once per run and lane; then asked for one MethodRun per image, in index order. */
export interface PreparedMethod {
  image(slot: ImageSlot): MethodRun;
  /**
   * Whose attention its runs may probe, and when; said in advance, so that steps which lanes share are evaluated once, with the
   * probes of all of them.
   */
  readonly probes?: {
    /** Rows of the text. */
    readonly tokens: readonly number[];
    /** Shares of the steps, 0..1: steps from `from` (included) to `to` (not included) may be probed. */
    readonly from: number;
    readonly to: number;
  };
}

export type StartMethod = (host: MethodHost, parameters: Parameters) => Promise<PreparedMethod>;
