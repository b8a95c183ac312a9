import type { AttributeInfo, Target } from '../../workers/protocol';
import { biasFloor, goodman, MEASURES, type MeasureId, wilson } from '../core/metrics';
import type { Tally } from '../studio/run/tally';
import { valueColour } from '../ui/colours';
import { effectiveN } from './effective';
import { measureIntervals } from './posterior';

/** One value's share in one lane, ready to draw. */
export interface ShareRow {
  readonly id: string;
  readonly title: string;
  readonly colour: string;
  readonly count: number;
  /** 0..1; 0 while nobody was read. */
  readonly share: number;
  /** Mean probability over all persons, the unclear ones too, 0..1. */
  readonly soft: number;
  readonly low: number;
  readonly high: number;
  readonly target: number | null;
  /** Where 95 of 100 fair runs of this size would put the share; null without a target. */
  readonly chance: { readonly low: number; readonly high: number } | null;
}

/** A bias number never stands alone: what it is, how sure, and what chance alone would give. */
export interface BiasFigure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly floor: number;
  /** Largest value the measure can take here. */
  readonly max: number;
}

export interface Summary {
  readonly attribute: AttributeInfo;
  /** Persons read clearly. */
  readonly n: number;
  /** Independent persons that say as much; below n when people share images. */
  readonly nEffective: number;
  readonly rows: readonly ShareRow[];
  readonly interval: 'Wilson' | 'Goodman';
  readonly biasW: BiasFigure | null;
  readonly fd: BiasFigure | null;
  readonly coverage: Coverage;
}

export interface Coverage {
  readonly images: number;
  readonly imagesWithoutPeople: number;
  readonly persons: number;
  readonly read: number;
  readonly unclear: number;
}

const known = new WeakMap<
  Tally,
  { readonly attribute: AttributeInfo; readonly target: string; readonly summary: Summary }
>();

/** The summary of one lane. The last one of each tally is remembered, since more than one chart asks for it. */
export function summarise(attribute: AttributeInfo, tally: Tally, target: Target | null): Summary {
  const targetText = JSON.stringify(target?.shares ?? null);
  const last = known.get(tally);
  if (last && last.attribute === attribute && last.target === targetText) return last.summary;
  const summary = computeSummary(attribute, tally, target);
  known.set(tally, { attribute, target: targetText, summary });
  return summary;
}

function computeSummary(attribute: AttributeInfo, tally: Tally, target: Target | null): Summary {
  const counted = tally.attributes[attribute.id];
  const K = attribute.values.length;
  const counts = counted?.counts ?? new Array<number>(K).fill(0);
  const n = counts.reduce((sum, x) => sum + x, 0);
  const nEffective = counted ? effectiveN(counted) : 0;
  const scaled = n > 0 ? counts.map((x) => (x * nEffective) / n) : counts;
  const binary = K === 2;
  const intervals = binary ? scaled.map((x) => wilson(x, nEffective)) : goodman(scaled);
  const shares = attribute.values.map((value) => target?.shares[value.id] ?? null);
  const rows = attribute.values.map((value, k): ShareRow => {
    const wanted = shares[k] ?? null;
    return {
      id: value.id,
      title: value.title,
      colour: valueColour(attribute.id, value.id, k),
      count: counts[k]!,
      share: n > 0 ? counts[k]! / n : 0,
      soft: tally.persons > 0 ? (counted?.soft[k] ?? 0) / tally.persons : 0,
      ...intervals[k]!,
      target: wanted,
      chance: wanted === null || n === 0 ? null : wilson(wanted * nEffective, nEffective),
    };
  });
  const targetShares = shares.every((share) => share !== null) ? (shares as number[]) : null;
  const figures = targetShares && n > 0 ? figuresOf(scaled, nEffective, targetShares) : null;
  return {
    attribute,
    n,
    nEffective,
    rows,
    interval: binary ? 'Wilson' : 'Goodman',
    biasW: figures?.pairwise ?? null,
    fd: figures?.fd ?? null,
    coverage: {
      images: tally.images,
      imagesWithoutPeople: tally.images - tally.imagesWithPeople,
      persons: tally.persons,
      read: n,
      unclear: tally.persons - n,
    },
  };
}

function figuresOf(
  counts: readonly number[],
  n: number,
  target: readonly number[],
): Readonly<Record<'pairwise' | 'fd', BiasFigure>> {
  const K = target.length;
  const of = (id: MeasureId) => (shares: readonly number[]) => MEASURES[id](shares, target);
  const [pairwise, fd] = measureIntervals(counts, [of('pairwise'), of('fd')]);
  const floor = (id: MeasureId) => biasFloor(id, floorN(n), K, [...target]);
  // FD is largest when everybody has the value that is wanted least.
  const farthest = Math.sqrt(target.reduce((sum, q) => sum + q * q, 1 - 2 * Math.min(...target)));
  return {
    pairwise: { value: of('pairwise')(counts), ...pairwise!, floor: floor('pairwise'), max: 2 / K },
    fd: { value: of('fd')(counts), ...fd!, floor: floor('fd'), max: farthest },
  };
}

/** Floors change slowly with n and cost a simulation each, so beyond 40 persons they are asked for at two digits. */
function floorN(n: number): number {
  const whole = Math.max(1, Math.round(n));
  if (whole <= 40) return whole;
  const unit = 10 ** (Math.floor(Math.log10(whole)) - 1);
  return Math.round(whole / unit) * unit;
}
