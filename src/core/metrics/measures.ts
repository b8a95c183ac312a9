import { deltaMulti } from './delta';
import { klDivergence, normalisedEntropy } from './divergence';
import { fairnessDiscrepancy } from './fd';
import { pairwiseBias } from './pairwise';
import { parityGap } from './parity';

/** A measure of K counts against a target. Those defined against equality only leave the target aside. */
export type Measure = (counts: readonly number[], target: readonly number[]) => number;

/** The measures that have a finite-sample floor and an interval, by id. All are 0 at exact fairness. */
export const MEASURES = {
  pairwise: (counts) => pairwiseBias(counts),
  fd: fairnessDiscrepancy,
  delta: (counts) => deltaMulti(counts),
  parity: (counts) => parityGap(counts),
  kl: klDivergence,
  /** 1 - normalised entropy, so that 0 is fair here too. */
  entropyLoss: (counts) => 1 - normalisedEntropy(counts),
} as const satisfies Record<string, Measure>;

export type MeasureId = keyof typeof MEASURES;
