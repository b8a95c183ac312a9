export const SCHEDULER_IDS = ['ddim', 'euler', 'euler-ancestral', 'pndm', 'dpm-solver', 'lcm'] as const;
export type SchedulerId = (typeof SCHEDULER_IDS)[number];

/** As tools for pictures call them. */
export const SCHEDULER_TITLES: Readonly<Record<SchedulerId, string>> = {
  ddim: 'DDIM',
  euler: 'Euler',
  'euler-ancestral': 'Euler a',
  pndm: 'PNDM',
  'dpm-solver': 'DPM++ 2M',
  lcm: 'LCM',
};

export const BETA_SCHEDULES = ['linear', 'scaled_linear', 'squaredcos_cap_v2'] as const;
export type BetaSchedule = (typeof BETA_SCHEDULES)[number];

export const PREDICTION_TYPES = ['epsilon', 'v_prediction', 'sample'] as const;
export type PredictionType = (typeof PREDICTION_TYPES)[number];

export const TIMESTEP_SPACINGS = ['leading', 'linspace', 'trailing'] as const;
export type TimestepSpacing = (typeof TIMESTEP_SPACINGS)[number];

export const SOLVER_TYPES = ['midpoint', 'heun'] as const;
export type SolverType = (typeof SOLVER_TYPES)[number];

export const FINAL_SIGMAS = ['zero', 'sigma_min'] as const;
export type FinalSigma = (typeof FINAL_SIGMAS)[number];

/** A `scheduler_config.json` after defaults and checks; the field names say which key each comes from. */
export interface SchedulerConfig {
  readonly trainSteps: number;
  readonly betaStart: number;
  readonly betaEnd: number;
  readonly betaSchedule: BetaSchedule;
  readonly trainedBetas: readonly number[] | undefined;
  readonly predictionType: PredictionType;
  readonly timestepSpacing: TimestepSpacing;
  readonly stepsOffset: number;
  readonly rescaleBetasZeroSnr: boolean;
  /** DDIM, PNDM: the last step goes to alpha-bar 1 rather than to that of timestep 0. */
  readonly setAlphaToOne: boolean;
  /** DDIM, LCM: clamp the x0 estimate to +-clipRange; undefined is no clamp. */
  readonly clipRange: number | undefined;
  /** Euler, DPM-Solver++. */
  readonly finalSigma: FinalSigma;
  /** DPM-Solver++ only: 1 or 2. */
  readonly solverOrder: 1 | 2;
  readonly solverType: SolverType;
  /** With fewer than 15 steps the last is of first order. */
  readonly lowerOrderFinal: boolean;
  readonly eulerAtFinal: boolean;
  /** LCM only: steps of the schedule that the model was distilled on. */
  readonly originalSteps: number;
  readonly timestepScaling: number;
}

/**
 * Standard normal noise of one image: as many numbers as its latent has, the same ones whenever it is asked for the same step.
 * Only schedulers that add noise on the way (Euler ancestral, LCM) ask.
 */
export type StepNoise = (i: number) => Float32Array;

/** One image on its way through a schedule: remembers what steps of higher order need of the steps before. */
export interface Walk {
  /**
   * The latent after step i, given the denoiser's output on `scaleInput(latent, i)`. Called once for each step from where the walk
   * begins, in order; the arrays given are kept, not written to.
   */
  step(prediction: Float32Array, i: number, latent: Float32Array): Float32Array;
}

/**
 * One sampling schedule, without state: every call names its step i, 0 .. timesteps.length - 1, in the order of drawing (noisiest
 * first). Arrays are flat, of any shape, and never written to. All methods throw RangeError if i or an array length does not fit.
 */
export interface Scheduler {
  readonly id: SchedulerId;
  /**
   * What the denoiser is told at step i: falling; one for each step asked for, and one more with PNDM, which evaluates its second
   * twice. Euler's may be fractional (linspace spacing).
   */
  readonly timesteps: readonly number[];
  /** Multiply standard normal noise by this to start. 1 but for Euler's two. */
  readonly initNoiseSigma: number;
  /** Share of signal power at step i, 0 .. 1; i = timesteps.length gives that after the last step. In terms of sigma: 1 / (sigma^2 + 1). */
  alphaBarAt(i: number): number;
  /** What the denoiser is fed: the latent itself (same array), for Euler's two latent / sqrt(sigma^2 + 1). */
  scaleInput(latent: Float32Array, i: number): Float32Array;
  /** Sets out on the steps of one image, at whichever step. */
  walk(noise: StepNoise): Walk;
  /** The estimate of the clean latent x0 at step i, clamped if the config asks for it. */
  denoised(prediction: Float32Array, i: number, latent: Float32Array): Float32Array;
  /** A clean latent brought to the noise level of step i. */
  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array;
}
