import { checkLengths, checkStep } from './check';
import { alphaBars } from './noise-schedule';
import { cleaner } from './prediction';
import { spacedTimesteps } from './timesteps';
import type { Scheduler, SchedulerConfig } from './types';

const f32 = Math.fround;
/** Stands for alpha-bar 0 under zero terminal SNR, so that the first sigma is 4096 and not infinite (diffusers). */
const TINY_BAR = 2 ** -24;

/** sigma = sqrt((1 - bar) / bar) of every training timestep, rising, in float32. */
export function trainedSigmas(config: SchedulerConfig): number[] {
  const bars = alphaBars(config);
  if (config.rescaleBetasZeroSnr) bars[bars.length - 1] = TINY_BAR;
  return Array.from(bars, (bar) => f32(Math.sqrt(f32(f32(1 - bar) / bar))));
}

/** Linear interpolation at a position 0 .. values.length - 1. */
function interpolate(values: readonly number[], position: number): number {
  const below = Math.floor(position);
  const low = values[below]!;
  return position === below ? low : low + (position - below) * (values[below + 1]! - low);
}

/**
 * What Euler's two schedulers have in common, whose latents are x0 + sigma eps: variance exploding.
 * @throws EvenhandError request-invalid for an impossible number of steps.
 */
export function varianceExploding(
  config: SchedulerConfig,
  steps: number,
): Omit<Scheduler, 'id' | 'walk'> & {
  /** Of each step; i = steps gives that after the last. */
  sigmaAt(i: number): number;
} {
  const trained = trainedSigmas(config);
  const timesteps = spacedTimesteps(config, steps, false);
  const sigmas = timesteps.map((t) => f32(interpolate(trained, t)));
  sigmas.push(config.finalSigma === 'zero' ? 0 : trained[0]!);
  const largest = Math.max(...sigmas);

  const sigmaAt = (i: number, last = steps - 1): number => {
    checkStep(i, last);
    return sigmas[i]!;
  };

  return {
    timesteps,
    sigmaAt: (i) => sigmaAt(i, steps),
    initNoiseSigma: config.timestepSpacing === 'leading' ? Math.hypot(largest, 1) : largest,
    alphaBarAt: (i) => 1 / (sigmaAt(i, steps) ** 2 + 1),
    scaleInput(latent, i) {
      const scale = 1 / Math.hypot(sigmaAt(i), 1);
      return latent.map((x) => x * scale);
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
