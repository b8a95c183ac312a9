import { EvenhandError } from '../errors';
import {
  BETA_SCHEDULES,
  FINAL_SIGMAS,
  PREDICTION_TYPES,
  type SchedulerConfig,
  type SchedulerId,
  TIMESTEP_SPACINGS,
} from './types';

/** A `scheduler_config.json` as parsed from JSON, nothing checked yet. */
export type RawSchedulerConfig = Readonly<Record<string, unknown>>;

/** Schedulers whose configs DDIM or Euler can run on (diffusers: `_compatibles`), with the one that comes nearest. */
const ID_OF_CLASS: ReadonlyMap<string, SchedulerId> = new Map([
  ['DDIMScheduler', 'ddim'],
  ['DDPMScheduler', 'ddim'],
  ['PNDMScheduler', 'ddim'],
  ['EulerDiscreteScheduler', 'euler'],
]);

/** Options that change the noise levels in ways not implemented here, for the scheduler that would obey them. */
const REFUSED_WHEN_TRUE: Readonly<Record<SchedulerId, readonly string[]>> = {
  ddim: ['thresholding'],
  euler: ['use_karras_sigmas', 'use_exponential_sigmas', 'use_beta_sigmas'],
};

/**
 * The scheduler a config asks for by its `_class_name` (DDPM and PNDM models are drawn with DDIM, which shares their noise schedule).
 * @throws EvenhandError model-unsupported for any other class.
 */
export function schedulerIdOf(raw: RawSchedulerConfig): SchedulerId {
  const name = raw._class_name;
  const id = typeof name === 'string' ? ID_OF_CLASS.get(name) : undefined;
  if (id === undefined) throw unsupported('_class_name', name, [...ID_OF_CLASS.keys()]);
  return id;
}

/**
 * Reads a `scheduler_config.json`. Absent and null keys take the defaults of diffusers 0.42 for that scheduler (note: DDIM clips
 * by default); keys that the scheduler does not know are ignored, as diffusers does.
 * @throws EvenhandError model-unsupported if a value is one this code cannot follow.
 */
export function readSchedulerConfig(id: SchedulerId, raw: RawSchedulerConfig): SchedulerConfig {
  for (const key of REFUSED_WHEN_TRUE[id]) {
    if (flag(raw, key, false)) throw unsupported(key, true, [false]);
  }
  if (id === 'euler') {
    oneOf(raw, 'interpolation_type', ['linear'] as const, 'linear');
    oneOf(raw, 'timestep_type', ['discrete'] as const, 'discrete');
  }
  const trainedBetas = raw.trained_betas ?? undefined;
  if (trainedBetas !== undefined && !isNumbers(trainedBetas)) {
    throw unsupported('trained_betas', trainedBetas, ['a list of numbers', null]);
  }
  const trainSteps = trainedBetas?.length ?? whole(raw, 'num_train_timesteps', 1000, 2);
  return {
    trainSteps,
    betaStart: number(raw, 'beta_start', 0.0001),
    betaEnd: number(raw, 'beta_end', 0.02),
    betaSchedule: oneOf(raw, 'beta_schedule', BETA_SCHEDULES, 'linear'),
    trainedBetas,
    predictionType: oneOf(raw, 'prediction_type', PREDICTION_TYPES, 'epsilon'),
    timestepSpacing: oneOf(
      raw,
      'timestep_spacing',
      TIMESTEP_SPACINGS,
      id === 'ddim' ? 'leading' : 'linspace',
    ),
    stepsOffset: whole(raw, 'steps_offset', 0, 0),
    rescaleBetasZeroSnr: flag(raw, 'rescale_betas_zero_snr', false),
    setAlphaToOne: flag(raw, 'set_alpha_to_one', true),
    clipRange:
      id === 'ddim' && flag(raw, 'clip_sample', true) ? number(raw, 'clip_sample_range', 1) : undefined,
    finalSigma: oneOf(raw, 'final_sigmas_type', FINAL_SIGMAS, 'zero'),
  };
}

function oneOf<T extends string>(raw: RawSchedulerConfig, key: string, known: readonly T[], fallback: T): T {
  const value = raw[key] ?? fallback;
  const found = known.find((option) => option === value);
  if (found === undefined) throw unsupported(key, value, known);
  return found;
}

function number(raw: RawSchedulerConfig, key: string, fallback: number): number {
  const value = raw[key] ?? fallback;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw unsupported(key, value, ['a number >= 0']);
  }
  return value;
}

function whole(raw: RawSchedulerConfig, key: string, fallback: number, least: number): number {
  const value = number(raw, key, fallback);
  if (!Number.isInteger(value) || value < least)
    throw unsupported(key, value, [`a whole number >= ${least}`]);
  return value;
}

function flag(raw: RawSchedulerConfig, key: string, fallback: boolean): boolean {
  const value = raw[key] ?? fallback;
  if (typeof value !== 'boolean') throw unsupported(key, value, [true, false]);
  return value;
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length >= 2 && value.every((beta) => Number.isFinite(beta));
}

/** The sentence every refusal is written in. */
export function unsupported(key: string, value: unknown, known: readonly unknown[]): EvenhandError {
  const options = known.map((option) => (typeof option === 'string' ? option : JSON.stringify(option)));
  return new EvenhandError(
    'model-unsupported',
    `The model's scheduler_config.json has ${key} = ${JSON.stringify(value) ?? 'nothing'}, which Evenhand cannot follow (it knows ${options.join(', ')}).`,
    'Choose the other scheduler for this model, or export it with a scheduler that uses one of these values.',
  );
}
