import type { Tensor } from '../../../src/core/tensor';
import type { Grid } from './grid';

/** One value's answer of the UNet, and where it counts. */
export interface Guide {
  /** eps(z, t, c_a). */
  readonly prediction: Tensor;
  /** Omega, 0..1, [height, width] of the latent. */
  readonly mask: Grid;
}

/**
 * Fair Inference (methods.md 4.4, step F): guided + sum_k scale * Omega_k (eps(c_a_k) - eps(c)), the same for every channel. With
 * `scale` the guidance scale and a mask of 1 that is plain guidance on the attribute's prompt; with a mask of 0 it is `guided`.
 * @param guided what the base model's guidance gives, [C, h, w]. @param cond eps(c), the plain prompt's prediction.
 */
export function guideWithin(guided: Tensor, cond: Tensor, guides: readonly Guide[], scale: number): Tensor {
  const data = guided.data.slice();
  for (const { prediction, mask } of guides) {
    const cells = mask.data.length;
    for (let i = 0; i < data.length; i++) {
      const weight = scale * mask.data[i % cells]!;
      if (weight !== 0) data[i]! += weight * (prediction.data[i]! - cond.data[i]!);
    }
  }
  return { data, dims: guided.dims };
}

/** z <- U z + (1 - U) z_base: outside of the regions the base run's own latent. @param inside U, 0..1. */
export function keepOutside(latent: Tensor, base: Tensor, inside: ArrayLike<number>): Tensor {
  const cells = inside.length;
  const data = latent.data.map((value, i) => {
    const u = inside[i % cells]!;
    return u === 1 ? value : u * value + (1 - u) * base.data[i]!;
  });
  return { data, dims: latent.dims };
}
