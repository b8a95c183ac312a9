import type { Tensor } from '../../../src/core/tensor';

/** One direction of semantic guidance, with the UNet's answer to its prompt at this step. */
export interface EditConcept {
  readonly prediction: Tensor;
  /** 1 towards the concept, -1 away from it ("reverse"). */
  readonly direction: 1 | -1;
  /** g_c of methods.md 5.2. */
  readonly weight: number;
}

export interface SegaSettings {
  /** s_c, how strongly each concept pulls. */
  readonly scale: number;
  /** lambda, 0 .. 1: this share of every channel's smallest values is discarded. */
  readonly threshold: number;
  /** s_m, how much of the momentum is added. */
  readonly momentumScale: number;
  /** beta, 0 .. 1, how much of the momentum is kept from step to step. */
  readonly momentumBeta: number;
}

/**
 * Semantic guidance of one image (SEGA, Brack et al. 2023, as diffusers' SemanticStableDiffusionPipeline computes it; methods.md
 * 5.2). Holds the momentum, so ask for every step once and in order, warm-up and cool-down included.
 * @returns gamma [C, H, W] flat, to be added to the guided prediction once the warm-up is over.
 */
export type SemanticGuidance = (concepts: readonly EditConcept[], reference: Tensor) => Float32Array;

/** @param settings the same for all concepts. Leave the concepts out (an empty list) once they have cooled down. */
export function createSemanticGuidance(settings: SegaSettings): SemanticGuidance {
  const { scale, threshold, momentumScale, momentumBeta } = settings;
  let momentum: Float32Array | undefined;
  return (concepts, reference) => {
    momentum ??= new Float32Array(reference.data.length);
    const gamma = momentum.map((value) => momentumScale * value);
    for (const { prediction, direction, weight } of concepts) {
      const psi = prediction.data.map((value, i) => direction * scale * (value - reference.data[i]!));
      keepLargest(psi, reference.dims[0]!, threshold);
      for (let i = 0; i < gamma.length; i++) gamma[i]! += weight * psi[i]!;
    }
    momentum = momentum.map((value, i) => momentumBeta * value + (1 - momentumBeta) * gamma[i]!);
    return gamma;
  };
}

/** Zeroes what is smaller in size than the channel's quantile at `level`. @param psi [channels, ...] flat, changed in place. */
export function keepLargest(psi: Float32Array, channels: number, level: number): void {
  const area = psi.length / channels;
  for (let start = 0; start < psi.length; start += area) {
    const channel = psi.subarray(start, start + area);
    const least = quantile(channel.map(Math.abs), level);
    for (let i = 0; i < area; i++) if (Math.abs(channel[i]!) < least) channel[i] = 0;
  }
}

/** The quantile with linear interpolation, as torch.quantile's. @param values at least one; sorted in place. @param level 0 .. 1. */
function quantile(values: Float32Array, level: number): number {
  values.sort();
  const place = level * (values.length - 1);
  const below = Math.floor(place);
  const low = values[below]!;
  return low + (place - below) * ((values[below + 1] ?? low) - low);
}
