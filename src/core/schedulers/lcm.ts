import { checkLengths, checkStep } from './check';
import { unsupported } from './config';
import { clamper, variancePreserving } from './levels';
import { alphaBars } from './noise-schedule';
import { splitter } from './prediction';
import { distilledTimesteps } from './timesteps';
import type { Scheduler, SchedulerConfig } from './types';

/** Of the data, in the boundary condition of consistency models (Luo et al. 2023, section 4.1). */
const SIGMA_DATA = 0.5;

/**
 * Multistep sampling of a latent consistency model (Luo et al. 2023, arXiv 2310.04378, algorithm 3), equal to diffusers'
 * `LCMScheduler`: each step jumps to the clean latent and, but for the last, noises it anew.
 * @throws EvenhandError request-invalid for more steps than the model was distilled on; model-unsupported where step 0 has no signal.
 */
export function createLcm(config: SchedulerConfig, steps: number): Scheduler {
  const all = alphaBars(config);
  const timesteps = distilledTimesteps(config, steps);
  const bars = timesteps.map((t) => all[t]!);
  const last = steps - 1;
  const clamp = clamper(config.clipRange);
  if (bars[0] === 0 && config.predictionType === 'epsilon') {
    throw unsupported('prediction_type', 'epsilon', ['v_prediction and sample, with rescale_betas_zero_snr']);
  }
  return {
    id: 'lcm',
    timesteps,
    ...variancePreserving(config, [...bars, 1]),
    walk: (noise) => ({
      step(prediction, i, latent) {
        checkLengths(prediction, latent);
        checkStep(i, last);
        const scaled = timesteps[i]! * config.timestepScaling;
        const variance = scaled ** 2 + SIGMA_DATA ** 2;
        const [skip, out] = [SIGMA_DATA ** 2 / variance, scaled / Math.sqrt(variance)];
        const split = splitter(config.predictionType, bars[i]!);
        const clean = latent.map((x, k) => out * clamp(split(prediction[k]!, x).x0) + skip * x);
        if (i === last) return clean;
        const bar = bars[i + 1]!;
        const fresh = noise(i);
        checkLengths(fresh, latent);
        return clean.map((x0, k) => Math.sqrt(bar) * x0 + Math.sqrt(1 - bar) * fresh[k]!);
      },
    }),
  };
}
