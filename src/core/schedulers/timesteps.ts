import { EvenhandError } from '../errors';
import type { SchedulerConfig } from './types';

/**
 * The training timesteps that sampling visits, noisiest first (Lin et al. 2023, table 2; diffusers `set_timesteps`).
 * @param steps 1 .. trainSteps.
 * @param whole rounds linspace spacing to whole timesteps (DDIM does, Euler does not); halves go to the even neighbour, as in numpy.
 * @throws EvenhandError request-invalid if steps does not fit the model.
 */
export function spacedTimesteps(config: SchedulerConfig, steps: number, whole: boolean): number[] {
  const { trainSteps, stepsOffset } = config;
  if (!Number.isInteger(steps) || steps < 1 || steps > trainSteps) {
    throw badSteps(steps, trainSteps);
  }
  const timesteps = spaced(config, steps, whole);
  if (timesteps[0]! > trainSteps - 1) throw badSteps(steps, trainSteps - stepsOffset);
  return timesteps;
}

/**
 * The timesteps of DPM-Solver++, which counts one step more than are taken, and leaves out the last.
 * @throws EvenhandError as spacedTimesteps does.
 */
export function solverTimesteps(config: SchedulerConfig, steps: number): number[] {
  const { trainSteps, stepsOffset, timestepSpacing } = config;
  const more = timestepSpacing === 'trailing' ? steps : steps + 1;
  if (!Number.isInteger(steps) || steps < 1 || more > trainSteps) throw badSteps(steps, trainSteps - 1);
  const timesteps = spaced(config, more, true).slice(0, steps);
  if (timesteps[0]! > trainSteps - 1) throw badSteps(steps, trainSteps - 1 - stepsOffset);
  return timesteps;
}

/**
 * The timesteps of LCM: every so many of the schedule that the model was distilled on (diffusers `LCMScheduler.set_timesteps`).
 * @throws EvenhandError request-invalid for more steps than that has.
 */
export function distilledTimesteps({ trainSteps, originalSteps }: SchedulerConfig, steps: number): number[] {
  if (!Number.isInteger(steps) || steps < 1 || steps > originalSteps) throw badSteps(steps, originalSteps);
  const stride = Math.floor(trainSteps / originalSteps);
  return Array.from({ length: steps }, (_, i) => {
    const back = Math.floor((i * originalSteps) / steps);
    return (originalSteps - back) * stride - 1;
  });
}

function spaced(
  { timestepSpacing, trainSteps, stepsOffset }: SchedulerConfig,
  steps: number,
  whole: boolean,
) {
  switch (timestepSpacing) {
    case 'linspace': {
      const stride = steps === 1 ? 0 : (trainSteps - 1) / (steps - 1);
      const rising = Array.from({ length: steps }, (_, i) =>
        i === steps - 1 && i > 0 ? trainSteps - 1 : i * stride,
      );
      return rising.map((t) => (whole ? roundHalfEven(t) : Math.fround(t))).reverse();
    }
    case 'leading': {
      const stride = Math.floor(trainSteps / steps);
      return Array.from({ length: steps }, (_, i) => (steps - 1 - i) * stride + stepsOffset);
    }
    case 'trailing': {
      // numpy.arange takes its stride from the first two values, after rounding.
      const stride = trainSteps - trainSteps / steps - trainSteps;
      return Array.from({ length: steps }, (_, i) => roundHalfEven(trainSteps + i * stride) - 1);
    }
  }
}

function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

function badSteps(steps: number, most: number): EvenhandError {
  return new EvenhandError(
    'request-invalid',
    `${steps} sampling steps were asked for, but this model can take a whole number from 1 to ${most}.`,
    'Choose a number of steps in that range.',
  );
}
