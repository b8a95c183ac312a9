import type { Tensor } from '../../src/core/tensor';

/** What methods read and write inside the UNet, beside its predictions. The ports behind it: workers/onnx. */

export type Capability = 'splitText' | 'probes' | 'steering' | 'middle';
export type Place = 'down' | 'mid' | 'up';

/** One cross-attention, in order of execution. */
export interface CrossAttentionShape {
  /** Undefined where the UNet has no skip connections to tell by. */
  readonly place: Place | undefined;
  /** Of the feature map that asks, in its own pixels. */
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Where its channels begin in a row of all layers' channels, see Steering. */
  readonly offset: number;
}

/** What a method may know of the UNet that draws. */
export interface UnetAccess {
  can(capability: Capability): boolean;
  /** @throws EvenhandError 'model-unsupported', saying what this model cannot give, why, and which methods go without. */
  require(capability: Capability): void;
  /** Empty for a UNet that could not be looked into. */
  readonly crossAttentions: readonly CrossAttentionShape[];
  /** Sum of their channels: the length of a row of steering. */
  readonly channels: number;
  /** Shape of the mid-block's output, h-space. */
  readonly middle: { readonly channels: number; readonly height: number; readonly width: number } | undefined;
}

/** Change of the cross-attentions' outputs, all layers in one row: o' = o - Q^T Q o + add, then its old length by `renorm`. */
export interface Steering {
  /** Q, [R, channels]: rows that are orthonormal within each layer; what lies along them is taken out. Absent: nothing. */
  readonly basis?: Tensor;
  /** [channels]: added to every pixel then. Absent: nothing. */
  readonly add?: Tensor;
  /** 1 gives every pixel the length it had before, 0 (the default) leaves its new one; between is blended. */
  readonly renorm?: number;
}

/** What a run wants from the UNet at one step besides predictions. Branches that do not run at that step are passed over. */
export interface StepPlan {
  /** Branches whose attention maps are wanted, of the tokens in PreparedMethod.probes; normally ['cond']. */
  readonly probe?: readonly string[];
  /** By branch. */
  readonly steer?: Readonly<Record<string, Steering>>;
  /** By branch, [C, h, w] or [C, 1, 1]: added to the mid-block's output. */
  readonly hDelta?: Readonly<Record<string, Tensor>>;
  /** Branches whose mid-block output is wanted, as it is before hDelta. */
  readonly readMiddle?: readonly string[];
  /** Branches whose cross-attention outputs are wanted, as they are before steering. */
  readonly readSteering?: readonly string[];
  /** [G, channels]: what readSteering measures the outputs along. */
  readonly directions?: Tensor;
}

export interface AttentionLayer {
  /** Index in UnetAccess.crossAttentions. */
  readonly layer: number;
  readonly place: Place | undefined;
  readonly width: number;
  readonly height: number;
  /** One per probed token, [height * width], row by row: mean over heads; over all tokens of a prompt it sums to 1. Read only. */
  readonly maps: readonly Float32Array[];
}

export interface AttentionMaps {
  /** Rows of the text, in the order of the maps. */
  readonly tokens: readonly number[];
  readonly layers: readonly AttentionLayer[];
}

export interface SteeringReading {
  /** [channels]: outputs averaged over pixels. */
  readonly means: Tensor;
  /** [layers, G]: the largest product of a direction with a pixel's output; G is 1 and all are 0 without directions. */
  readonly responses: Tensor;
}
