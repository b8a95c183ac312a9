import type { Tensor } from '../../src/core/tensor';
import type { Projector } from '../projector/types';
import type { AttributeInfo, MethodTrace, Parameters, Target } from '../protocol';

/**
 * The contract of a debiasing method (methods.md, section 10). A method is one folder:
 *   spec.ts   `export const spec: MethodSpec`  data only; the page builds the controls from it
 *   run.ts    `export const start: StartMethod`  the hooks
 * Folders are found by themselves (methods/index.ts); nothing lists them by hand.
 */

export type Evidence = 'faithful' | 'after' | 'ours';

/** Where a method takes hold on the way from prompt to picture; what the picker's small drawing shows. */
export type ActsOn = 'prompt' | 'text' | 'guidance' | 'latent' | 'attention' | 'weights';

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
  /** Absent for the base model, which is what all others act on. */
  readonly acts?: ActsOn;
  /**
   * UNet evaluations per image, all steps together, with the default parameters, relative to plain guidance (2 a step), for
   * the cost line: 1 = the same.
   */
  readonly relativeCost: number;
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
  readonly timestep: number;
  /** Cumulative alpha at this timestep, 0..1. */
  readonly alphaBar: number;
  readonly guidanceScale: number;
  readonly seed: number;
  readonly imageIndex: number;
}

/** One image's run. Every hook is optional; what is absent behaves like the base lane. */
export interface MethodRun {
  /** Rewrites the prompt before it is encoded. */
  rewrite?(prompt: string): string;
  /** Maps encoded conditions, once per image. */
  conditions?(base: ConditionSet): ConditionSet;
  /** Maps encoded conditions for one step; for methods that switch text on the way. */
  stepConditions?(step: StepInfo, base: ConditionSet): ConditionSet;
  /** From the branches' predictions to the one the scheduler gets. Default: classifier-free guidance. */
  combine?(step: StepInfo, predictions: Readonly<Record<string, Tensor>>): Tensor;
  /**
   * Replaces the latent before the scheduler's step. `denoised` is the current estimate of the clean latent: of this latent, or of
   * another one with the prediction held fixed.
   */
  preStep?(step: StepInfo, latent: Tensor, prediction: Tensor, denoised: (latent?: Tensor) => Tensor): Tensor;
  /** Replaces the latent after the scheduler's step. */
  postStep?(step: StepInfo, latent: Tensor): Tensor;
  trace(): MethodTrace;
}

/** What a method may ask of the engine while it prepares. */
export interface MethodHost {
  readonly prompt: string;
  readonly targets: readonly Target[];
  readonly attributes: readonly AttributeInfo[];
  /** Word for an attribute value as the model's captions use it, e.g. ('gender', 'woman') -> "female". */
  wordFor(attribute: string, value: string): string;
  encode(prompts: readonly string[]): Promise<readonly Condition[]>;
  /** The model that draws; its hash names it, see ModelInfo. */
  readonly model: { readonly title: string; readonly hash: string };
  /** A projector that came with the request, by its id. */
  projector(id: string): Projector | undefined;
  readonly signal: AbortSignal;
}

/** Per image facts a method needs to start. */
export interface ImageSlot {
  readonly index: number;
  readonly seed: number;
}

/** Prepared once per run and lane; then asked for one MethodRun per image, in index order. */
export interface PreparedMethod {
  image(slot: ImageSlot): MethodRun;
}

export type StartMethod = (host: MethodHost, parameters: Parameters) => Promise<PreparedMethod>;
