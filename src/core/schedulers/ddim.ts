import { checkLengths, checkStep } from './check';
import { unsupported } from './config';
import { alphaBars } from './noise-schedule';
import { spacedTimesteps } from './timesteps';
import type { PredictionType, Scheduler, SchedulerConfig } from './types';

/**
 * DDIM with eta = 0 (Song et al. 2021, eq. 12), equal to diffusers' `DDIMScheduler`.
 * @throws EvenhandError request-invalid for an impossible number of steps; model-unsupported where step 0 has no signal at all
 * (zero terminal SNR) but the model predicts noise: then x0 cannot be had from it.
 */
export function createDdim(config: SchedulerConfig, steps: number): Scheduler {
  const bars = alphaBars(config);
  const timesteps = spacedTimesteps(config, steps, true);
  const finalBar = config.setAlphaToOne ? 1 : bars[0]!;
  const stride = Math.floor(config.trainSteps / steps);
  // The step before is one stride away whatever the spacing; diffusers does the same.
  const levels = timesteps.map((t) => ({ bar: bars[t]!, next: t >= stride ? bars[t - stride]! : finalBar }));
  if (levels[0]!.bar === 0 && config.predictionType === 'epsilon') {
    throw unsupported('prediction_type', 'epsilon', ['v_prediction and sample, with rescale_betas_zero_snr']);
  }

  const level = (i: number) => {
    checkStep(i, steps - 1);
    return levels[i]!;
  };
  const clip = config.clipRange;
  const clamp = (x0: number) => (clip === undefined ? x0 : Math.min(clip, Math.max(-clip, x0)));

  return {
    id: 'ddim',
    timesteps,
    initNoiseSigma: 1,
    alphaBarAt(i) {
      if (i === steps) return levels[steps - 1]!.next;
      return level(i).bar;
    },
    scaleInput(latent, i) {
      checkStep(i, steps - 1);
      return latent;
    },
    step(prediction, i, latent) {
      checkLengths(prediction, latent);
      const { bar, next } = level(i);
      const split = splitter(config.predictionType, bar);
      const signal = Math.sqrt(next);
      const noise = Math.sqrt(1 - next);
      return latent.map((x, k) => {
        const { x0, eps } = split(prediction[k]!, x);
        return signal * clamp(x0) + noise * eps;
      });
    },
    denoised(prediction, i, latent) {
      checkLengths(prediction, latent);
      const split = splitter(config.predictionType, level(i).bar);
      return latent.map((x, k) => clamp(split(prediction[k]!, x).x0));
    },
    addNoise(clean, noise, i) {
      checkLengths(clean, noise);
      const { bar } = level(i);
      const signal = Math.sqrt(bar);
      const sigma = Math.sqrt(1 - bar);
      return clean.map((x, k) => signal * x + sigma * noise[k]!);
    },
  };
}

/** Splits a latent value into its clean and its noise part, from what the model predicts. */
function splitter(
  type: PredictionType,
  bar: number,
): (out: number, x: number) => { x0: number; eps: number } {
  const a = Math.sqrt(bar);
  const s = Math.sqrt(1 - bar);
  switch (type) {
    case 'epsilon':
      return (out, x) => ({ x0: (x - s * out) / a, eps: out });
    case 'v_prediction':
      return (out, x) => ({ x0: a * x - s * out, eps: a * out + s * x });
    case 'sample':
      return (out, x) => ({ x0: out, eps: (x - a * out) / s });
  }
}
