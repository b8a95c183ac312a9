import type { MethodSpec } from '../../../workers/methods/method';
import { guidanceIsOn } from '../../../workers/pipeline/guidance';

/** What a method adds to the time of a picture, which is the UNet's. */
export interface Cost {
  /** "No extra cost", "2 × the work" */
  readonly text: string;
  /** UNet evaluations of one picture at these settings; null while the model's defaults are not known. */
  readonly evaluations: number | null;
}

export function costOf(
  { relativeCost }: Pick<MethodSpec, 'relativeCost'>,
  { steps, guidance }: { readonly steps: number | null; readonly guidance: number | null },
): Cost {
  // relativeCost is held against plain guidance; without guidance a step of the base model is one evaluation, and what a method
  // adds stays the same.
  const perStep = 2 * relativeCost - (guidance !== null && !guidanceIsOn(guidance) ? 1 : 0);
  return {
    text: relativeCost === 1 ? 'No extra cost' : `${Number(relativeCost.toFixed(2))} × the work`,
    evaluations: steps === null || guidance === null ? null : Math.round(perStep * steps),
  };
}
