export const SCHEDULER_IDS = ['ddim', 'euler'] as const;
export type SchedulerId = (typeof SCHEDULER_IDS)[number];

export const BETA_SCHEDULES = ['linear', 'scaled_linear', 'squaredcos_cap_v2'] as const;
export type BetaSchedule = (typeof BETA_SCHEDULES)[number];

export const PREDICTION_TYPES = ['epsilon', 'v_prediction', 'sample'] as const;
export type PredictionType = (typeof PREDICTION_TYPES)[number];

export const TIMESTEP_SPACINGS = ['leading', 'linspace', 'trailing'] as const;
export type TimestepSpacing = (typeof TIMESTEP_SPACINGS)[number];

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
  /** DDIM only: the last step goes to alpha-bar 1 rather than to that of timestep 0. */
  readonly setAlphaToOne: boolean;
  /** DDIM only: clamp the x0 estimate to +-clipRange; undefined is no clamp. */
  readonly clipRange: number | undefined;
  /** Euler only. */
  readonly finalSigma: FinalSigma;
}

/**
 * One sampling schedule, without state: every call names its step i, 0 .. steps - 1, in the order of drawing (noisiest first).
 * Arrays are flat, of any shape, and never written to. All methods throw RangeError if i or an array length does not fit.
 */
export interface Scheduler {
  readonly id: SchedulerId;
  /** What the denoiser is told at step i: length = steps, falling; Euler's may be fractional (linspace spacing). */
  readonly timesteps: readonly number[];
  /** Multiply standard normal noise by this to start. 1 for DDIM. */
  readonly initNoiseSigma: number;
  /** Share of signal power at step i, 0 .. 1; i = steps gives that after the last step. Euler: 1 / (sigma^2 + 1). */
  alphaBarAt(i: number): number;
  /** What the denoiser is fed: for DDIM the latent itself (same array), for Euler latent / sqrt(sigma^2 + 1). */
  scaleInput(latent: Float32Array, i: number): Float32Array;
  /** The latent after step i, given the denoiser's output on `scaleInput(latent, i)`. */
  step(prediction: Float32Array, i: number, latent: Float32Array): Float32Array;
  /** The estimate of the clean latent x0 at step i, clamped if the config asks for it. */
  denoised(prediction: Float32Array, i: number, latent: Float32Array): Float32Array;
  /** A clean latent brought to the noise level of step i. */
  addNoise(clean: Float32Array, noise: Float32Array, i: number): Float32Array;
}
