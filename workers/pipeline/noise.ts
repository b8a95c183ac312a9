import { createTorchGenerator } from '../../src/core/rng';
import type { Scheduler, StepNoise } from '../../src/core/schedulers';
import { sizeOf, type Tensor } from '../../src/core/tensor';

/** All the chance that there is in one image: what it starts from, and what steps add on the way, the same for every lane. */
export interface ImageNoise {
  /** Scaled by the scheduler's initNoiseSigma. */
  readonly start: Tensor;
  readonly ofStep: StepNoise;
}

/**
 * The noise that diffusers gives a pipeline whose generator is `torch.Generator('cpu').manual_seed(seed)`: the first draw is the
 * start, and one more belongs to each step, drawn when it is first asked for and then kept.
 */
export function noiseOf(
  seed: number,
  dims: readonly number[],
  { initNoiseSigma }: Pick<Scheduler, 'initNoiseSigma'>,
): ImageNoise {
  const generator = createTorchGenerator(seed);
  const size = sizeOf(dims);
  const start = generator.randn(size).map((value) => value * initNoiseSigma);
  const draws: Float32Array[] = [];
  return {
    start: { data: start, dims },
    ofStep(i) {
      while (draws.length <= i) draws.push(generator.randn(size));
      return draws[i]!;
    },
  };
}
