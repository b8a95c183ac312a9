import type { AuditOptions, AuditResult, AuditRound } from '../methods/uce/audit';
import type { LaneDelta, Parameters, RunRequest } from '../protocol';

/** One press of "find weights": what UCE's audit draws, and what it evens out (methods.md 5.3). */
export interface AuditJob {
  /** How a round is drawn; its targets say which shares are wanted (equal ones where they are silent). */
  readonly request: Omit<RunRequest, 'seeds' | 'lanes' | 'only'>;
  /** The attribute whose values are weighed: gender, tone or age. */
  readonly attribute: string;
  /** Parameters of the lane that stay as they are; weights of other attributes among them. */
  readonly parameters: Parameters;
  /** The trained variant that the lane draws with: weights are found on what is corrected. */
  readonly delta?: LaneDelta;
  /** Pictures of one round, at least 1. */
  readonly images: number;
  /** The first seed; every round takes the next ones, so that no round sees the noise of another. */
  readonly seed: number;
  readonly options?: AuditOptions;
}

export interface AuditProgress {
  /** The round under way, 1 for the first. */
  readonly round: number;
  /** The most there can be. */
  readonly rounds: number;
  /** Pictures of this round that are drawn and read. */
  readonly drawn: number;
  readonly images: number;
  /** Every round that has ended. */
  readonly past: readonly AuditRound[];
}

export interface AuditReport extends AuditResult {
  readonly rounds: readonly AuditRound[];
  /** What all rounds cost, per image and text branch. */
  readonly unetEvaluations: number;
}
