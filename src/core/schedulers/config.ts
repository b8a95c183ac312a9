import { EvenhandError } from '../errors';
import {
  BETA_SCHEDULES,
  FINAL_SIGMAS,
  PREDICTION_TYPES,
  type SchedulerConfig,
  type SchedulerId,
  SOLVER_TYPES,
  TIMESTEP_SPACINGS,
  type TimestepSpacing,
} from './types';

/** A `scheduler_config.json` as parsed from JSON, nothing checked yet. */
export type RawSchedulerConfig = Readonly<Record<string, unknown>>;

/** diffusers' classes. DDPM models are drawn with DDIM, which shares their noise schedule. */
const ID_OF_CLASS: ReadonlyMap<string, SchedulerId> = new Map([
  ['DDIMScheduler', 'ddim'],
  ['DDPMScheduler', 'ddim'],
  ['PNDMScheduler', 'pndm'],
  ['EulerDiscreteScheduler', 'euler'],
  ['EulerAncestralDiscreteScheduler', 'euler-ancestral'],
  ['DPMSolverMultistepScheduler', 'dpm-solver'],
  ['LCMScheduler', 'lcm'],
]);

const OTHER_SIGMAS = ['use_karras_sigmas', 'use_exponential_sigmas', 'use_beta_sigmas'] as const;
/** Options that change the noise levels in ways not implemented here, for the scheduler that would obey them. */
const REFUSED_WHEN_TRUE: Readonly<Record<SchedulerId, readonly string[]>> = {
  ddim: ['thresholding'],
  euler: OTHER_SIGMAS,
  'euler-ancestral': [],
  pndm: [],
  'dpm-solver': [...OTHER_SIGMAS, 'use_lu_lambdas', 'use_flow_sigmas', 'thresholding'],
  lcm: ['thresholding'],
};

/** Of training; Stable Diffusion has 1000. A table is made of them. */
const MOST_STEPS = 100_000;
const MOST_BETA = 0.9999;

interface Defaults {
  readonly timestepSpacing: TimestepSpacing;
  readonly setAlphaToOne: boolean;
  readonly clips: boolean | undefined;
  readonly betas: Pick<SchedulerConfig, 'betaStart' | 'betaEnd' | 'betaSchedule'>;
}
const LINEAR = { betaStart: 0.0001, betaEnd: 0.02, betaSchedule: 'linear' } as const;
const SCALED = { betaStart: 0.00085, betaEnd: 0.012, betaSchedule: 'scaled_linear' } as const;
/** Of diffusers 0.42. `clips`: undefined where the scheduler has no clamp. */
const DEFAULTS: Readonly<Record<SchedulerId, Defaults>> = {
  ddim: { timestepSpacing: 'leading', setAlphaToOne: true, clips: true, betas: LINEAR },
  euler: { timestepSpacing: 'linspace', setAlphaToOne: true, clips: undefined, betas: LINEAR },
  'euler-ancestral': { timestepSpacing: 'linspace', setAlphaToOne: true, clips: undefined, betas: LINEAR },
  pndm: { timestepSpacing: 'leading', setAlphaToOne: false, clips: undefined, betas: LINEAR },
  'dpm-solver': { timestepSpacing: 'linspace', setAlphaToOne: true, clips: undefined, betas: LINEAR },
  lcm: { timestepSpacing: 'leading', setAlphaToOne: true, clips: false, betas: SCALED },
};

/**
 * The scheduler a config asks for by its `_class_name`.
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
  // Said by every Stable Diffusion; the config of another scheduler says nothing, and diffusers would then take Runge-Kutta steps.
  if (id === 'pndm') oneOf(raw, 'skip_prk_steps', [true] as const, true);
  if (id === 'dpm-solver') {
    oneOf(raw, 'algorithm_type', ['dpmsolver++'] as const, 'dpmsolver++');
    refuse(raw, 'variance_type');
    refuse(raw, 'lambda_min_clipped');
  }
  if (id === 'euler') {
    oneOf(raw, 'interpolation_type', ['linear'] as const, 'linear');
    oneOf(raw, 'timestep_type', ['discrete'] as const, 'discrete');
  }
  const trainedBetas = raw.trained_betas ?? undefined;
  if (trainedBetas !== undefined && !isNumbers(trainedBetas)) {
    throw unsupported('trained_betas', trainedBetas, ['a list of numbers from 0 to 1', null]);
  }
  const trainSteps = trainedBetas?.length ?? whole(raw, 'num_train_timesteps', 1000, 2);
  const { clips, betas, ...defaults } = DEFAULTS[id];
  return {
    trainSteps,
    betaStart: beta(raw, 'beta_start', betas.betaStart),
    betaEnd: beta(raw, 'beta_end', betas.betaEnd),
    betaSchedule: oneOf(raw, 'beta_schedule', BETA_SCHEDULES, betas.betaSchedule),
    trainedBetas,
    predictionType: oneOf(raw, 'prediction_type', PREDICTION_TYPES, 'epsilon'),
    timestepSpacing: oneOf(raw, 'timestep_spacing', TIMESTEP_SPACINGS, defaults.timestepSpacing),
    stepsOffset: whole(raw, 'steps_offset', 0, 0, trainSteps - 1),
    rescaleBetasZeroSnr: flag(raw, 'rescale_betas_zero_snr', false),
    setAlphaToOne: flag(raw, 'set_alpha_to_one', defaults.setAlphaToOne),
    clipRange:
      clips !== undefined && flag(raw, 'clip_sample', clips)
        ? number(raw, 'clip_sample_range', 1)
        : undefined,
    finalSigma: oneOf(raw, 'final_sigmas_type', FINAL_SIGMAS, 'zero'),
    solverOrder: id === 'dpm-solver' ? oneOf(raw, 'solver_order', [1, 2] as const, 2) : 2,
    solverType: id === 'dpm-solver' ? oneOf(raw, 'solver_type', SOLVER_TYPES, 'midpoint') : 'midpoint',
    lowerOrderFinal: flag(raw, 'lower_order_final', true),
    eulerAtFinal: flag(raw, 'euler_at_final', false),
    originalSteps: whole(raw, 'original_inference_steps', Math.min(50, trainSteps), 1, trainSteps),
    timestepScaling: number(raw, 'timestep_scaling', 10),
  };
}

function oneOf<T extends string | number | boolean>(
  raw: RawSchedulerConfig,
  key: string,
  known: readonly T[],
  fallback: string | number | boolean,
): T {
  const value = raw[key] ?? fallback;
  const found = known.find((option) => option === value);
  if (found === undefined) throw unsupported(key, value, known);
  return found;
}

/** For a key that must not be there. */
function refuse(raw: RawSchedulerConfig, key: string): void {
  if (raw[key] !== undefined && raw[key] !== null) throw unsupported(key, raw[key], [null]);
}

function number(raw: RawSchedulerConfig, key: string, fallback: number, most = 1e6): number {
  const value = raw[key] ?? fallback;
  if (typeof value !== 'number' || !(value >= 0 && value <= most)) {
    throw unsupported(key, value, [`a number from 0 to ${most}`]);
  }
  return value;
}

/** Share of noise that one training step adds: from 1 on nothing of the picture is left. */
const beta = (raw: RawSchedulerConfig, key: string, fallback: number): number =>
  number(raw, key, fallback, MOST_BETA);

function whole(
  raw: RawSchedulerConfig,
  key: string,
  fallback: number,
  least: number,
  most = MOST_STEPS,
): number {
  const value = raw[key] ?? fallback;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) {
    throw unsupported(key, value, [`a whole number from ${least} to ${most}`]);
  }
  return value;
}

function flag(raw: RawSchedulerConfig, key: string, fallback: boolean): boolean {
  const value = raw[key] ?? fallback;
  if (typeof value !== 'boolean') throw unsupported(key, value, [true, false]);
  return value;
}

function isNumbers(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.length <= MOST_STEPS &&
    value.every((one) => typeof one === 'number' && one >= 0 && one <= 1)
  );
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
