import type { Picture } from '../pipeline/decoder';

/** Pictures of one group (of one skin tone, for instance): how it should look, and how the stereotype has it. */
export interface GroupSets {
  readonly id: string;
  readonly title: string;
  readonly fair: readonly Picture[];
  /** May be empty: the group then has no stereotype to be corrected, but pictures can be recognised as its own. */
  readonly stereotypical: readonly Picture[];
}

/** Everything a projector is trained from. */
export interface ProjectorJob {
  readonly name: string;
  /** Where the sets came from, in words that are kept with the projector. */
  readonly source: string;
  readonly groups: readonly GroupSets[];
  readonly steps: number;
  /** Fixes the first weights, the batches and what is held out. */
  readonly seed: number;
}

export type TrainingProgress =
  | { readonly stage: 'encode'; readonly done: number; readonly total: number }
  | { readonly stage: 'train'; readonly done: number; readonly total: number; readonly loss: number };

/** f: pooled latents [inputs] to the unit sphere in [outputs]. Linear, GELU (tanh form), linear, L2-normalised. Row-major. */
export interface Network {
  readonly inputs: number;
  readonly hidden: number;
  readonly outputs: number;
  /** [inputs, hidden] */
  readonly w1: Float32Array;
  readonly b1: Float32Array;
  /** [hidden, outputs] */
  readonly w2: Float32Array;
  readonly b2: Float32Array;
}

/** How well a projector tells the two sets of a group apart, on pictures that it was not trained on. */
export interface Separation {
  /** Chance that a stereotypical picture scores higher than a fair one: 0.5 is guessing, 1 is always. */
  readonly auc: number;
  /** 95 % interval. */
  readonly low: number;
  readonly high: number;
  readonly heldOut: number;
}

/** What a projector has learned of one group. */
export interface GroupPrior {
  readonly id: string;
  readonly title: string;
  /**
   * Absent where there is nothing to correct: no stereotypical pictures, or the two sets cannot be told apart, so that any
   * direction would be one of chance.
   */
  readonly prior?: {
    /** Mean embeddings of the two sets, normalised: [outputs]. */
    readonly fair: Float32Array;
    readonly stereotypical: Float32Array;
  };
  /** Absent without stereotypical pictures. */
  readonly separation?: Separation;
  /** Pooled latents [count, inputs] for the direct guidance: a part of each set. */
  readonly fair: Float32Array;
  readonly stereotypical: Float32Array;
}

/** Scores of the groups: pooled latents [inputs] times weights [inputs, groups] plus bias [groups]; the highest wins. */
export interface GroupClassifier {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/**
 * A trained projector with all that the guidance needs (methods.md 4.1). Fits the latents of one model only.
 */
export interface Projector {
  /** First 16 hex digits of the SHA-256 of its numbers: what a lane names it by. */
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly createdAt: number;
  readonly model: { readonly title: string; readonly hash: string };
  readonly latentDims: readonly [channels: number, height: number, width: number];
  readonly network: Network;
  readonly groups: readonly GroupPrior[];
  /** Absent where there is only one group. */
  readonly classifier?: GroupClassifier;
  /** Temperature of the similarity exp(cos / tau). */
  readonly tau: number;
  readonly training: {
    readonly steps: number;
    readonly seed: number;
    /** Contrastive loss at every tenth of the training, first to last. */
    readonly losses: readonly number[];
  };
}
