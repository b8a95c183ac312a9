import { checkLengths, checkStep } from './check';
import { splitter } from './prediction';
import type { Scheduler, SchedulerConfig } from './types';

/**
 * What schedulers have in common whose latents are sqrt(bar) x0 + sqrt(1 - bar) eps: variance preserving.
 * @param bars alpha-bar of each step, and after the last.
 */
export function variancePreserving(
  { predictionType, clipRange }: SchedulerConfig,
  bars: readonly number[],
): Pick<Scheduler, 'initNoiseSigma' | 'alphaBarAt' | 'scaleInput' | 'denoised' | 'addNoise'> {
  const last = bars.length - 2;
  const barAt = (i: number) => {
    checkStep(i, last);
    return bars[i]!;
  };
  const clamp = clamper(clipRange);
  return {
    initNoiseSigma: 1,
    alphaBarAt: (i) => (i === last + 1 ? bars[i]! : barAt(i)),
    scaleInput(latent, i) {
      checkStep(i, last);
      return latent;
    },
    denoised(prediction, i, latent) {
      checkLengths(prediction, latent);
      const split = splitter(predictionType, barAt(i));
      return latent.map((x, k) => clamp(split(prediction[k]!, x).x0));
    },
    addNoise(clean, noise, i) {
      checkLengths(clean, noise);
      const bar = barAt(i);
      const signal = Math.sqrt(bar);
      const sigma = Math.sqrt(1 - bar);
      return clean.map((x, k) => signal * x + sigma * noise[k]!);
    },
  };
}

/** @param range undefined: no clamp. */
export function clamper(range: number | undefined): (x0: number) => number {
  return (x0) => (range === undefined ? x0 : Math.min(range, Math.max(-range, x0)));
}
