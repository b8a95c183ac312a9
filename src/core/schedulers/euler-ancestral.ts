import { checkLengths, checkStep } from './check';
import { cleaner } from './prediction';
import { varianceExploding } from './sigmas';
import type { Scheduler, SchedulerConfig } from './types';

/**
 * Euler's method that goes lower than the next level and adds new noise to be there again (ancestral sampling as in k-diffusion's
 * `sample_euler_ancestral`), equal to diffusers' `EulerAncestralDiscreteScheduler`. Prediction of the sample, which that one has not,
 * is ours.
 * @throws EvenhandError request-invalid for an impossible number of steps.
 */
export function createEulerAncestral(config: SchedulerConfig, steps: number): Scheduler {
  const { sigmaAt, ...common } = varianceExploding({ ...config, finalSigma: 'zero' }, steps);
  return {
    id: 'euler-ancestral',
    ...common,
    walk: (noise) => ({
      step(prediction, i, latent) {
        checkLengths(prediction, latent);
        checkStep(i, steps - 1);
        const [from, to] = [sigmaAt(i), sigmaAt(i + 1)];
        const up = Math.sqrt((to ** 2 * (from ** 2 - to ** 2)) / from ** 2);
        const keep = Math.sqrt(to ** 2 - up ** 2) / from;
        const clean = cleaner(config.predictionType, from);
        const fresh = noise(i);
        checkLengths(fresh, latent);
        return latent.map((x, k) => keep * x + (1 - keep) * clean(prediction[k]!, x) + up * fresh[k]!);
      },
    }),
  };
}
