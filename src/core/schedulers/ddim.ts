import { checkLengths, checkStep } from './check';
import { unsupported } from './config';
import { clamper, variancePreserving } from './levels';
import { alphaBars } from './noise-schedule';
import { splitter } from './prediction';
import { spacedTimesteps } from './timesteps';
import type { Scheduler, SchedulerConfig } from './types';

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
  const clamp = clamper(config.clipRange);

  function step(prediction: Float32Array, i: number, latent: Float32Array): Float32Array {
    checkLengths(prediction, latent);
    checkStep(i, steps - 1);
    const { bar, next } = levels[i]!;
    const split = splitter(config.predictionType, bar);
    const signal = Math.sqrt(next);
    const noise = Math.sqrt(1 - next);
    return latent.map((x, k) => {
      const { x0, eps } = split(prediction[k]!, x);
      return signal * clamp(x0) + noise * eps;
    });
  }

  return {
    id: 'ddim',
    timesteps,
    ...variancePreserving(config, [...levels.map(({ bar }) => bar), levels[steps - 1]!.next]),
    walk: () => ({ step }),
  };
}
