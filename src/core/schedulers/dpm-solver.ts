import { checkLengths, checkStep } from './check';
import { variancePreserving } from './levels';
import { splitter } from './prediction';
import { trainedSigmas } from './sigmas';
import { solverTimesteps } from './timesteps';
import type { Scheduler, SchedulerConfig } from './types';

/** With at least so many steps the last one may be of second order. */
const MANY_STEPS = 15;

/**
 * DPM-Solver++ (2M), a multistep solver in data prediction (Lu et al. 2022, arXiv 2211.01095, algorithm 2), equal to diffusers'
 * `DPMSolverMultistepScheduler` of order 1 and 2.
 * @throws EvenhandError request-invalid for an impossible number of steps.
 */
export function createDpmSolver(config: SchedulerConfig, steps: number): Scheduler {
  const trained = trainedSigmas(config);
  const timesteps = solverTimesteps(config, steps);
  const sigmas = [...timesteps.map((t) => trained[t]!), config.finalSigma === 'zero' ? 0 : trained[0]!];
  const bars = sigmas.map((sigma) => 1 / (sigma ** 2 + 1));
  const levels = sigmas.map((sigma, i) => {
    const alpha = Math.sqrt(bars[i]!);
    return { alpha, sigma: sigma * alpha, lambda: -Math.log(sigma) };
  });
  const last = steps - 1;
  const ofFirstOrder = (i: number) =>
    config.solverOrder === 1 ||
    (i === last &&
      (config.eulerAtFinal ||
        config.finalSigma === 'zero' ||
        (config.lowerOrderFinal && steps < MANY_STEPS)));

  return {
    id: 'dpm-solver',
    timesteps,
    ...variancePreserving({ ...config, clipRange: undefined }, bars),
    walk() {
      let before: Float32Array | undefined;
      return {
        step(prediction, i, latent) {
          checkLengths(prediction, latent);
          checkStep(i, last);
          const [level, next] = [levels[i]!, levels[i + 1]!];
          const split = splitter(config.predictionType, bars[i]!);
          const clean = latent.map((x, k) => split(prediction[k]!, x).x0);
          const h = next.lambda - level.lambda;
          const keep = next.sigma / level.sigma;
          const decay = Math.expm1(-h);
          const pull = -next.alpha * decay;
          const older = ofFirstOrder(i) ? undefined : before;
          before = clean;
          if (!older) return latent.map((x, k) => keep * x + pull * clean[k]!);
          const r = (level.lambda - levels[i - 1]!.lambda) / h;
          const bend = config.solverType === 'midpoint' ? pull / 2 : next.alpha * (decay / h + 1);
          return latent.map((x, k) => keep * x + pull * clean[k]! + (bend / r) * (clean[k]! - older[k]!));
        },
      };
    },
  };
}
