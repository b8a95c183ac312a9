import type { Tensor } from '../../src/core/tensor';
import type { AttentionMaps, Condition, Steering, SteeringReading } from '../methods/method';

/** One image under one text branch, and what is wanted of it beside the prediction. */
export interface BranchInput {
  /** [channels, height, width], already scaled for this timestep by the scheduler. */
  readonly latent: Tensor;
  readonly condition: Condition;
  /** Rows of the text whose attention maps are wanted. */
  readonly probe?: readonly number[];
  readonly steering?: Steering;
  /** Added to the mid-block's output, [C, h, w] or [C, 1, 1]. */
  readonly hDelta?: Tensor;
  readonly readMiddle?: boolean;
  /** Present where the cross-attentions' outputs are wanted. */
  readonly readSteering?: {
    /** [G, channels], to measure them along. */
    readonly directions?: Tensor;
  };
}

export interface BranchAnswer {
  /** [channels, height, width]. */
  readonly prediction: Tensor;
  /** Those that were asked for. */
  readonly maps?: AttentionMaps;
  /** [C, h, w]. */
  readonly middle?: Tensor;
  readonly steering?: SteeringReading;
}
