import { torchRandn } from '../../src/core/rng';
import type { Scheduler } from '../../src/core/schedulers';
import { sizeOf, type Tensor } from '../../src/core/tensor';

/** The noise that diffusers gives a pipeline whose generator is `torch.Generator('cpu').manual_seed(seed)`. */
export function noiseOf(
  seed: number,
  dims: readonly number[],
  { initNoiseSigma }: Pick<Scheduler, 'initNoiseSigma'>,
): Tensor {
  return { data: torchRandn(seed, sizeOf(dims)).map((value) => value * initNoiseSigma), dims };
}
