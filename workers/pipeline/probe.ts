import { createScheduler } from '../../src/core/schedulers';
import type { Tensor } from '../../src/core/tensor';
import type { Picture } from './decoder';
import { guidanceIsOn, mixingScale } from './guidance';
import { denoise } from './loop';
import { noiseOf } from './noise';
import type { PipelineParts } from './parts';

/** What a device makes of the model on fixed noise and text: final latent [channels, height, width] and its picture. */
export interface Probe {
  readonly latent: Tensor;
  readonly picture: Picture;
}

/** Changes whenever the probe does: what was drawn with another one cannot be compared. */
export const PROBE_VERSION = 1;
const PROBE = { prompt: 'a photo of a doctor', seed: 1, steps: 2, guidanceScale: 3 };

/**
 * Two guided denoising steps and one decoding, no method: every kernel of the pipeline runs once with real numbers.
 * @param onSign called after each step.
 */
export async function probe(parts: PipelineParts, onSign: () => void = () => {}): Promise<Probe> {
  const { latentDims: dims, schedulerConfig, textEncoder, denoiser, decoder } = parts;
  const scheduler = createScheduler('ddim', schedulerConfig, PROBE.steps);
  const guided = guidanceIsOn(mixingScale(denoiser, PROBE.guidanceScale));
  const [cond, uncond] = await textEncoder.encode(guided ? [PROBE.prompt, ''] : [PROBE.prompt]);
  const [latent] = await denoise(
    [
      {
        slot: { index: 0, seed: PROBE.seed },
        run: { trace: () => ({}) },
        conditions: uncond ? { uncond, cond: cond! } : { cond: cond! },
        noise: noiseOf(PROBE.seed, dims, scheduler),
      },
    ],
    {
      denoiser,
      scheduler,
      guidanceScale: PROBE.guidanceScale,
      signal: new AbortController().signal,
      onStep: () => onSign(),
    },
  );
  return { latent: latent!, picture: await decoder.decode(latent!) };
}
