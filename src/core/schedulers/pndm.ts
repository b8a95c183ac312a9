import { checkLengths, checkStep } from './check';
import { variancePreserving } from './levels';
import { alphaBars } from './noise-schedule';
import { splitter } from './prediction';
import { spacedTimesteps } from './timesteps';
import type { Scheduler, SchedulerConfig } from './types';

/** Weights of the newest estimate of the noise and of those before it: Adams-Bashforth of order 1 to 4 (Liu et al. 2022, eq. 10 to 12). */
const WEIGHTS = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
] as const;

/**
 * Pseudo linear multistep (Liu et al. 2022, PNDM, `skip_prk_steps`), equal to diffusers' `PNDMScheduler`: the first step is made
 * twice, the second time with the mean of the noise at both its ends, so that one evaluation more is needed than there are steps.
 * Prediction of the sample, which that one has not, is ours.
 * @throws EvenhandError request-invalid for an impossible number of steps.
 */
export function createPndm(config: SchedulerConfig, steps: number): Scheduler {
  // It knows no zero terminal SNR, as in diffusers.
  const bars = alphaBars({ ...config, rescaleBetasZeroSnr: false });
  const spaced = spacedTimesteps(config, steps, true);
  const timesteps = steps === 1 ? spaced : [spaced[0]!, spaced[1]!, ...spaced.slice(1)];
  const stride = Math.floor(config.trainSteps / steps);
  const finalBar = config.setAlphaToOne ? 1 : bars[0]!;
  const barOf = (t: number) => (t >= 0 ? bars[t]! : finalBar);
  const last = timesteps.length - 1;

  return {
    id: 'pndm',
    timesteps,
    ...variancePreserving(config, [...timesteps.map(barOf), barOf(timesteps[last]! - stride)]),
    walk() {
      let start: Float32Array | undefined;
      /** The newest first. */
      let noises: readonly Float32Array[] = [];

      /** From the noise level of timestep `from` to that of `to`, along `noise` (Liu et al. 2022, eq. 11). */
      function move(x: Float32Array, noise: (k: number, x: number) => number, from: number, to: number) {
        const [bar, next] = [barOf(from), barOf(to)];
        const scale = Math.sqrt(next / bar);
        const share = (next - bar) / (bar * Math.sqrt(1 - next) + Math.sqrt(bar * (1 - bar) * next));
        const split = splitter(config.predictionType, bar);
        return x.map((value, k) => scale * value - share * split(noise(k, value), value).eps);
      }

      return {
        step(prediction, i, latent) {
          checkLengths(prediction, latent);
          checkStep(i, last);
          const t = timesteps[i]!;
          if (i === 1 && start) {
            const [first] = noises;
            return move(start, (k) => (prediction[k]! + first![k]!) / 2, t + stride, t);
          }
          noises = [prediction, ...noises].slice(0, 4);
          start = latent;
          const weights: readonly number[] = WEIGHTS[noises.length - 1]!;
          const mixed = (k: number) => weights.reduce((sum, weight, j) => sum + weight * noises[j]![k]!, 0);
          return move(latent, mixed, t, t - stride);
        },
      };
    },
  };
}
