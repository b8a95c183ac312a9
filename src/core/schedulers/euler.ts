import { checkLengths, checkStep } from './check';
import { alphaBars } from './noise-schedule';
import { spacedTimesteps } from './timesteps';
import type { PredictionType, Scheduler, SchedulerConfig } from './types';

const f32 = Math.fround;
/** Stands for alpha-bar 0 under zero terminal SNR, so that the first sigma is 4096 and not infinite (diffusers). */
const TINY_BAR = 2 ** -24;

/**
 * Euler's method on the probability-flow ODE in sigma (Karras et al. 2022, algorithm 1 without churn), equal to diffusers'
 * `EulerDiscreteScheduler`. Latents have variance 1 + sigma^2 here, unlike DDIM's.
 * @throws EvenhandError request-invalid for an impossible number of steps.
 */
export function createEuler(config: SchedulerConfig, steps: number): Scheduler {
  const bars = alphaBars(config);
  if (config.rescaleBetasZeroSnr) bars[bars.length - 1] = TINY_BAR;
  const trained = Array.from(bars, (bar) => f32(Math.sqrt(f32(f32(1 - bar) / bar))));
  const timesteps = spacedTimesteps(config, steps, false);
  const sigmas = timesteps.map((t) => f32(interpolate(trained, t)));
  sigmas.push(config.finalSigma === 'zero' ? 0 : trained[0]!);
  const largest = Math.max(...sigmas);

  const sigmaAt = (i: number): number => {
    checkStep(i, steps - 1);
    return sigmas[i]!;
  };

  return {
    id: 'euler',
    timesteps,
    initNoiseSigma: config.timestepSpacing === 'leading' ? Math.hypot(largest, 1) : largest,
    alphaBarAt(i) {
      checkStep(i, steps);
      return 1 / (sigmas[i]! ** 2 + 1);
    },
    scaleInput(latent, i) {
      const scale = 1 / Math.hypot(sigmaAt(i), 1);
      return latent.map((x) => x * scale);
    },
    step(prediction, i, latent) {
      checkLengths(prediction, latent);
      const sigma = sigmaAt(i);
      const clean = cleaner(config.predictionType, sigma);
      // x + (x - x0) / sigma * (next - sigma), written so that a last step to sigma 0 gives x0 without cancellation.
      const keep = sigmas[i + 1]! / sigma;
      return latent.map((x, k) => keep * x + (1 - keep) * clean(prediction[k]!, x));
    },
    denoised(prediction, i, latent) {
      checkLengths(prediction, latent);
      const clean = cleaner(config.predictionType, sigmaAt(i));
      return latent.map((x, k) => clean(prediction[k]!, x));
    },
    addNoise(clean, noise, i) {
      checkLengths(clean, noise);
      const sigma = sigmaAt(i);
      return clean.map((x, k) => x + sigma * noise[k]!);
    },
  };
}

function cleaner(type: PredictionType, sigma: number): (out: number, x: number) => number {
  const variance = sigma ** 2 + 1;
  switch (type) {
    case 'epsilon':
      return (out, x) => x - sigma * out;
    case 'v_prediction':
      return (out, x) => x / variance - (out * sigma) / Math.sqrt(variance);
    case 'sample':
      return (out) => out;
  }
}

/** Linear interpolation at a position 0 .. values.length - 1. */
function interpolate(values: readonly number[], position: number): number {
  const below = Math.floor(position);
  const low = values[below]!;
  return position === below ? low : low + (position - below) * (values[below + 1]! - low);
}
