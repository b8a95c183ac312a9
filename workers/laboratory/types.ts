import type { Result } from '../protocol';
import type { Form } from './network';

/** What a class sets before a training. */
export interface LaboratorySettings {
  /** Index into PAIRS: which two digits. */
  readonly pair: number;
  /** How often the first of them is drawn, 0.5..0.99. */
  readonly share: number;
  /** Weight of DDM's indicator, above 0 and at most 0.5. */
  readonly alpha: number;
  readonly form: Form;
  readonly seed: number;
}

/** The base and DDM, in this order, everywhere. */
export type Both<T> = readonly [base: T, ddm: T];

/** What a network draws at a step, from the same noise for both. */
export interface Look {
  /** Read as the first digit, as the second. */
  readonly counts: readonly [number, number];
  /** Not read clearly. */
  readonly unclear: number;
  /** The first of them, grey, 0..255: SHOWN pictures of 196 bytes. */
  readonly pixels: Uint8Array;
}

export interface LaboratoryReport {
  readonly step: number;
  /** Mean squared errors of the predicted velocity since the last report. */
  readonly errors: Both<number>;
  /** Mean probability that the indicator gives the right digit from the predicted noise, 0..1. */
  readonly indicators: Both<number>;
  /** Of one step of both networks. */
  readonly millisecondsPerStep: number;
  /** Now and then, since drawing takes as long as many steps. */
  readonly looks?: Both<Look>;
}

/** A training put away: numbers of both networks, end to end. */
export interface LaboratoryState {
  readonly step: number;
  readonly numbers: Float32Array;
}

/** Steps of a whole training. */
export const STEPS = 3000;
/** Pictures that are drawn and read at a look. */
export const DRAWN = 200;
/** ... and shown. */
export const SHOWN = 40;
/** Steps between two looks; the first comes early, so that there is something to see. */
export const LOOK_EVERY = 150;

/** What the laboratory's worker does for the page. */
export interface LaboratoryWorker {
  /**
   * Begins, or goes on from a state. Replaces what was there.
   * @param url of digits.safetensors. @returns or why not: 'model-corrupt' or 'network-lost' for the digits, 'metadata-invalid' for the state.
   */
  open(url: string, settings: LaboratorySettings, state?: LaboratoryState): Promise<Result<null>>;
  /** Trains until paused or done. @param onReport about four times a second. */
  run(onReport: (report: LaboratoryReport) => void): Promise<Result<null>>;
  pause(): void;
  /** To be kept; also while it trains, between two steps. */
  state(): LaboratoryState;
}
