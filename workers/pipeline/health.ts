import { EvenhandError } from '../../src/core/errors';
import type { Tensor } from '../../src/core/tensor';
import type { Picture } from './decoder';

/** No drawn or photographed picture spans fewer of the 256 levels than this; a broken kernel's zeros span 1. */
const FEWEST_LEVELS = 4;

const NEXT = 'Choose the CPU backend and run it again; if it happens there too, the model file is at fault.';

/** @throws EvenhandError 'numerics-wrong' when a latent holds NaN or infinity. */
export function checkLatent(latent: Tensor, seed: number, step: number): void {
  if (latent.data.every(Number.isFinite)) return;
  throw new EvenhandError(
    'numerics-wrong',
    `The calculation for seed ${seed} broke down in step ${step + 1}: it holds numbers that are none (NaN or infinity).`,
    NEXT,
  );
}

/** @throws EvenhandError 'numerics-wrong' when a picture is one flat colour. */
export function checkPicture({ pixels }: Picture, seed: number): void {
  let low = 255;
  let high = 0;
  for (let i = 0; i < pixels.length; i++) {
    if (i % 4 === 3) continue;
    low = Math.min(low, pixels[i]!);
    high = Math.max(high, pixels[i]!);
    if (high - low >= FEWEST_LEVELS) return;
  }
  throw new EvenhandError(
    'numerics-wrong',
    `The picture for seed ${seed} came out as one flat colour.`,
    NEXT,
  );
}
