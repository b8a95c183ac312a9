import type { Tensor } from '../../src/core/tensor';
import type { Denoiser } from './denoiser';

/** diffusers' rule: at a scale of 1 or less the unconditional branch has no weight and is not run. */
export function guidanceIsOn(scale: number): boolean {
  return scale > 1;
}

/** The scale at which two branches are mixed: 1, so not at all, where the UNet guides itself. */
export function mixingScale({ guidesItself }: Pick<Denoiser, 'guidesItself'>, scale: number): number {
  return guidesItself ? 1 : scale;
}

/** Classifier-free guidance (Ho and Salimans 2022): uncond + scale * (cond - uncond), element by element. */
export function classifierFreeGuidance(uncond: Tensor, cond: Tensor, scale: number): Tensor {
  const data = new Float32Array(cond.data.length);
  for (let i = 0; i < data.length; i++) {
    const base = uncond.data[i]!;
    data[i] = base + scale * (cond.data[i]! - base);
  }
  return { data, dims: cond.dims };
}

/** What happens when a method has no rule of its own: guidance if there is an unconditional branch, else 'cond' as it is. */
export function defaultCombine(predictions: Readonly<Record<string, Tensor>>, scale: number): Tensor {
  const { cond, uncond } = predictions;
  if (!cond) throw new RangeError('A condition set needs a branch named "cond".');
  return uncond ? classifierFreeGuidance(uncond, cond, scale) : cond;
}
