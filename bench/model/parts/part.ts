import { OCCUPATIONS, type Occupation } from '../../../src/core/world';
import type { Measurement } from '../../lib/report';
import type { Answers, DrawSettings, Job } from '../jobs';

/** What is to be measured, and how much of it. */
export interface Plan {
  /** Folder of the exported files. */
  readonly model: string;
  readonly settings: DrawSettings;
  /** How many of something that a full run wants this many of; a quick run takes a tenth. At least 1. */
  count(full: number): number;
  /** Where the pictures for docs/ go. */
  readonly pictures: string;
}

export interface Evaluation {
  readonly measurements: readonly Measurement[];
  /** What a chart needs beyond the figures, by name. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** One part of the evaluation: the jobs it needs, and what it makes of their answers. */
export interface Part {
  readonly jobs: readonly Job[];
  evaluate(answers: Answers): Evaluation | Promise<Evaluation>;
}

export type MakePart = (plan: Plan) => Part;

/** The occupations that have a name: all but "person". */
export const NAMED: readonly Occupation[] = OCCUPATIONS.filter((occupation) => occupation !== 'person');

/** The first seed of each kind of picture, far from one another; those of renderings are in no training set. */
export const SEEDS = {
  occupations: 100_000,
  words: 200_000,
  heldOut: 300_000,
  groups: 400_000,
  pairs: 500_000,
  speed: 600_000,
  /** From here on seeds of the drawn world. Its training sets end below 1,010,000. */
  neutralRenderings: 2_000_000,
  roundTrip: 3_000_000,
  captions: 4_000_000,
  otherRenderings: 5_000_000,
} as const;
