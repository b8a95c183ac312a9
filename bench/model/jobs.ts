import type { Box } from '../../workers/perception/peaks';
import type { RunDefaults } from '../../workers/protocol';

/** One person as the independent reader sees them: the likeliest value id of each attribute, never "unclear". */
export interface ReadPerson {
  readonly box: Box;
  readonly values: Readonly<Record<string, string>>;
}

export interface ReadPicture {
  readonly seed: number;
  /** From left to right. */
  readonly people: readonly ReadPerson[];
  /** The independent reader's last shared layer, averaged over the picture; only where a job asks for it. */
  readonly features?: readonly number[];
}

/** What the shipped reader says of one attribute: its likeliest value and how sure it is, 0..1. */
export interface Guess {
  readonly value: string;
  readonly confidence: number;
}

/** One true person before and after the autoencoder; a reader that found nobody there guesses nothing. */
export interface TwiceRead {
  readonly truth: Readonly<Record<string, string | null>>;
  readonly clean: Readonly<Record<string, Guess>> | null;
  readonly decoded: Readonly<Record<string, Guess>> | null;
}

export interface RoundTrip {
  readonly seed: number;
  /** Mean squared difference of a colour, 0..255 squared. */
  readonly squaredError: number;
  readonly people: readonly TwiceRead[];
}

/** How a model draws: its own defaults, or those of one of its variants. */
export interface DrawSettings extends RunDefaults {
  readonly variant?: string | undefined;
}

/** Draws one prompt on these seeds; the independent reader reads the pictures. */
export interface DrawJob {
  readonly kind: 'draw';
  readonly prompt: string;
  readonly seeds: readonly number[];
  readonly settings: DrawSettings;
  readonly features?: boolean;
}

export type Sampler = 'world' | 'balanced';

/** Renders these samples of the drawn world; the independent reader reads them. */
export interface RenderJob {
  readonly kind: 'render';
  readonly sampler: Sampler;
  readonly seeds: readonly number[];
  readonly features?: boolean;
}

/** Renders these samples and sends them through the autoencoder; the shipped reader reads both. */
export interface RoundTripJob {
  readonly kind: 'round-trip';
  readonly sampler: Sampler;
  readonly seeds: readonly number[];
}

export type Job = DrawJob | RenderJob | RoundTripJob;

export type Answer =
  | { readonly kind: 'read'; readonly pictures: readonly ReadPicture[] }
  | { readonly kind: 'round-trip'; readonly pictures: readonly RoundTrip[] };

/** The name under which a job's answer is kept. */
export const keyOf = (job: Job): string => JSON.stringify(job);

/** About what a job costs, in evaluations of the UNet on one latent; only for the time that is left. */
export function costOf(job: Job): number {
  const { length } = job.seeds;
  if (job.kind === 'render') return length;
  if (job.kind === 'round-trip') return 2 * length;
  const { steps, guidanceScale } = job.settings;
  return length * (steps * (guidanceScale === 1 ? 1 : 2) + 2);
}

export function titleOf(job: Job): string {
  if (job.kind === 'draw') return job.prompt;
  return job.kind === 'render' ? `rendering the ${job.sampler} sampler` : 'the autoencoder';
}

/** `count` seeds from `first` on in jobs of at most `size`. */
export function inChunks<T>(
  first: number,
  count: number,
  size: number,
  make: (seeds: number[]) => T,
): readonly T[] {
  const seeds = Array.from({ length: count }, (_, i) => first + i);
  return Array.from({ length: Math.ceil(count / size) }, (_, i) =>
    make(seeds.slice(i * size, (i + 1) * size)),
  );
}

/** Answers of finished jobs. @throws RangeError for a job that was never run. */
export interface Answers {
  read(jobs: readonly (DrawJob | RenderJob)[]): readonly ReadPicture[];
  roundTrips(jobs: readonly RoundTripJob[]): readonly RoundTrip[];
}

export function answersOf(found: ReadonlyMap<string, Answer>): Answers {
  const answer = (job: Job): Answer => {
    const one = found.get(keyOf(job));
    if (!one) throw new RangeError(`The job ${keyOf(job)} was never run.`);
    return one;
  };
  return {
    read: (jobs) => jobs.map(answer).flatMap((one) => (one.kind === 'read' ? one.pictures : [])),
    roundTrips: (jobs) => jobs.map(answer).flatMap((one) => (one.kind === 'round-trip' ? one.pictures : [])),
  };
}
