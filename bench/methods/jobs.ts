import type { SkinMeasures } from '../../src/core/metrics/skin';
import type { AuditReport } from '../../workers/audit/types';
import type { Parameters } from '../../workers/protocol';
import type { DrawSettings, ReadPicture } from '../model/jobs';
import type { MeasuredDelta } from './arms';

/** Draws one prompt in one lane; every picture is read, and compared with the base lane's of the same seed. */
export interface DrawJob {
  readonly kind: 'draw';
  readonly method: string;
  /** All of them, so that a new default is another job. */
  readonly parameters: Parameters;
  readonly delta?: MeasuredDelta;
  readonly prompt: string;
  readonly seeds: readonly number[];
  /** Positions in `seeds`. */
  readonly only: readonly number[];
  readonly settings: DrawSettings;
  /** A run without hooks draws the base lane's pixels (methods are tested for that), so those are taken in its place. */
  readonly mayBeBase?: boolean;
  /** Whether skin and sharpness are measured. */
  readonly skin?: boolean;
}

/** Finds UCE's weights for one prompt and attribute. */
export interface AuditJob {
  readonly kind: 'audit';
  readonly prompt: string;
  readonly attribute: string;
  readonly seed: number;
  readonly images: number;
  readonly rounds: number;
  readonly settings: DrawSettings;
}

/** Are the pixels those of the base lane when a method is told to do nothing? */
export interface IdentityJob {
  readonly kind: 'identity';
  readonly method: string;
  readonly parameters: Parameters;
  readonly prompt: string;
  readonly seeds: readonly number[];
  readonly settings: DrawSettings;
}

/** Counts what several lanes cost in one run, and each in a run of its own. */
export interface TogetherJob {
  readonly kind: 'together';
  readonly lanes: readonly { readonly method: string; readonly parameters: Parameters }[];
  readonly prompt: string;
  readonly seeds: readonly number[];
  readonly settings: DrawSettings;
}

export type Job = DrawJob | AuditJob | IdentityJob | TogetherJob;

/** How far a picture is from the base lane's of the same seed. */
export interface Change {
  /** dB; UNCHANGED at most. */
  readonly psnr: number;
  readonly ssim: number;
  /** See `featureDistance`. */
  readonly features: number;
  /** Cosine of the two pictures in world-CLIP. */
  readonly clipI: number;
  /** The same away from the persons of both pictures; absent where they fill the picture. */
  readonly outside?: {
    readonly share: number;
    readonly psnr: number;
    readonly ssim: number;
    readonly features: number;
  };
}

/** PSNR of a picture that did not change at all, so that a mean exists. */
export const UNCHANGED = 60;

export interface SkinOfPerson extends SkinMeasures {
  readonly sharpness: number;
  readonly noise: number;
}

export interface MeasuredPicture extends ReadPicture {
  /** Cosine of the picture and the prompt that was asked (not as a method rewrote it) in world-CLIP. */
  readonly clipT: number;
  /** Absent for the base lane itself. */
  readonly change?: Change;
  /** Of the first person found; absent where it was not asked for, or nobody is there. */
  readonly skin?: SkinOfPerson;
}

export interface DrawAnswer {
  readonly kind: 'drawn';
  readonly pictures: readonly MeasuredPicture[];
  /** Per picture, counted per text branch. */
  readonly unetEvaluations: number;
  /** Per picture, reading not counted; absent where the base lane's pictures were taken. */
  readonly seconds?: number;
}

export type Answer =
  | DrawAnswer
  | ({ readonly kind: 'audited' } & AuditReport)
  | { readonly kind: 'identity'; readonly same: boolean }
  | { readonly kind: 'together'; readonly together: number; readonly apart: number };

export const keyOf = (job: Job): string => JSON.stringify(job);

/** In evaluations of the UNet on one latent, about; only for the time that is left. */
export function costOf(job: Job): number {
  const { steps, guidanceScale } = job.settings;
  const picture = steps * (guidanceScale === 1 ? 1 : 2) + 3;
  switch (job.kind) {
    case 'draw':
      return job.only.length * picture;
    case 'audit':
      return (job.images * job.rounds * picture) / 2;
    case 'identity':
      return 2 * job.seeds.length * picture;
    case 'together':
      return 2 * job.lanes.length * job.seeds.length * picture;
  }
}

export function titleOf(job: Job): string {
  return `${laneOf(job)}: ${job.prompt}`;
}

function laneOf(job: Job): string {
  switch (job.kind) {
    case 'draw':
      return job.delta ? `variant ${job.delta.id}` : job.method;
    case 'audit':
      return `audit of ${job.attribute}`;
    case 'identity':
      return job.method;
    case 'together':
      return 'together';
  }
}
