import type { AttributeInfo, Lane, Target } from '../../../workers/protocol';
import { summarise } from '../../charts/summary';
import type { TradeOffRow } from '../../charts/TradeOffChart';
import { bootstrap } from '../../core/metrics';
import type { RunData } from '../run/runStore';
import { emptyTally } from '../run/tally';
import type { PicturePair } from './similarityStore';

type Run = Pick<RunData, 'header' | 'lanes'>;

/** The lane that the others are held against: the first that the base model drew. */
export function baseLane(run: Run, lanes: readonly Lane[]): Lane | undefined {
  return drawn(run, lanes).find(({ id }) => methodOf(run, id) === 'base');
}

/** Lanes on the board that this run has drawn; by the name they have now. */
export const drawn = (run: Run, lanes: readonly Lane[]): readonly Lane[] =>
  lanes.filter(({ id }) => methodOf(run, id) !== undefined);

const methodOf = ({ header }: Run, laneId: string): string | undefined =>
  header?.request.lanes.find(({ id }) => id === laneId)?.method;

const keyOf = ({ header }: Run, base: Lane, laneId: string, index: number): string =>
  `${header?.id}/${base.id}/${laneId}/${index}`;

/** Every finished picture beside the base model's of the same seed, as far as both are packed. */
export function picturePairs(run: Run, lanes: readonly Lane[]): readonly PicturePair[] {
  const base = baseLane(run, lanes);
  if (!base) return [];
  const shots = run.lanes[base.id]?.shots ?? [];
  return drawn(run, lanes)
    .filter((lane) => lane !== base)
    .flatMap((lane) =>
      (run.lanes[lane.id]?.shots ?? []).flatMap((shot, index) => {
        const before = shots[index]?.png;
        if (!shot?.png || !before) return [];
        return [{ key: keyOf(run, base, lane.id, index), base: before.bytes, other: shot.png.bytes }];
      }),
    );
}

/**
 * How far each lane's pictures are from the base model's (mean of 1 - SSIM over the seeds, 0: the same pictures) and how biased
 * they are. The base lane is at 0 by definition.
 */
export function tradeOffRows(
  run: Run,
  lanes: readonly Lane[],
  similarity: Readonly<Record<string, number>>,
  attribute: AttributeInfo,
  target: Target,
): readonly TradeOffRow[] {
  const base = baseLane(run, lanes);
  if (!base) return [];
  return drawn(run, lanes).map((lane) => {
    const result = run.lanes[lane.id];
    const { n, biasW } = summarise(
      attribute,
      result?.tally ?? emptyTally(run.header?.attributes ?? []),
      target,
    );
    const distances =
      lane === base
        ? []
        : (result?.shots ?? []).flatMap((_, index) => {
            const value = similarity[keyOf(run, base, lane.id, index)];
            return value === undefined ? [] : [1 - value];
          });
    return {
      id: lane.id,
      lane: lane.name,
      isBase: lane === base,
      change: lane === base ? { value: 0, low: 0, high: 0, pictures: 0 } : changeOf(distances),
      n,
      figure: biasW,
    };
  });
}

/** One pair has a distance and no interval: nothing speaks for how much others differ. */
export function changeOf(distances: readonly number[]): TradeOffRow['change'] {
  if (distances.length === 0) return null;
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const interval =
    distances.length > 1
      ? bootstrap(distances, mean, { promptOf: () => '', resamples: 1000, seed: 7 })
      : undefined;
  const value = mean(distances);
  return {
    value,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    pictures: distances.length,
  };
}
