import { checkLengths, checkStep } from './check';
import { cleaner } from './prediction';
import { varianceExploding } from './sigmas';
import type { Scheduler, SchedulerConfig, Walk } from './types';

/**
 * Euler's method on the probability-flow ODE in sigma (Karras et al. 2022, algorithm 1 without churn), equal to diffusers'
 * `EulerDiscreteScheduler`. Latents have variance 1 + sigma^2 here, unlike DDIM's.
 * @throws EvenhandError request-invalid for an impossible number of steps.
 */
export function createEuler(config: SchedulerConfig, steps: number): Scheduler {
  const { sigmaAt, ...common } = varianceExploding(config, steps);
  const walk: Walk = {
    step(prediction, i, latent) {
      checkLengths(prediction, latent);
      checkStep(i, steps - 1);
      const sigma = sigmaAt(i);
      const clean = cleaner(config.predictionType, sigma);
      // x + (x - x0) / sigma * (next - sigma), written so that a last step to sigma 0 gives x0 without cancellation.
      const keep = sigmaAt(i + 1) / sigma;
      return latent.map((x, k) => keep * x + (1 - keep) * clean(prediction[k]!, x));
    },
  };
  return { id: 'euler', ...common, walk: () => walk };
}
