import { memo } from 'react';
import type { AttributeInfo, Lane as LaneSettings } from '../../../workers/protocol';
import { useRun } from '../StudioContext';
import classes from './Lane.module.css';
import { LaneCharts } from './LaneCharts';
import { LaneHead } from './LaneHead';
import { LaneImages } from './LaneImages';

/** One method on the common seeds: its head, its charts and figures, its pictures. Each part draws when its own data change. */
export const Lane = memo(function Lane({
  lane,
  position,
  last,
  attributes,
}: {
  readonly lane: LaneSettings;
  readonly position: number;
  readonly last: boolean;
  readonly attributes: readonly AttributeInfo[];
}) {
  const drawnAs = useRun((state) => state.header?.request.lanes.find(({ id }) => id === lane.id));
  const error = useRun((state) => state.lanes[lane.id]?.error ?? null);
  const changed = drawnAs !== undefined && !sameWork(drawnAs, lane);
  return (
    <article
      id={lane.id}
      className={classes.lane}
      aria-label={`Lane ${lane.name}`}
      data-testid={`lane-${position}`}
    >
      <LaneHead
        lane={lane}
        position={position}
        last={last}
        changed={changed}
        // What another method or setting failed by says nothing of this one.
        error={changed ? null : error}
      />
      <LaneCharts laneId={lane.id} name={lane.name} attributes={attributes} />
      <LaneImages laneId={lane.id} name={lane.name} attributes={attributes} />
    </article>
  );
});

/** A new name changes no pixel. */
function sameWork(a: LaneSettings, b: LaneSettings): boolean {
  return a.method === b.method && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)) && sameDelta(a, b);
}

/** At strength 0 a variant changes no pixel either. */
const sameDelta = (a: LaneSettings, b: LaneSettings) =>
  (a.delta?.strength ?? 0) === (b.delta?.strength ?? 0) && (!a.delta?.strength || a.delta.id === b.delta?.id);

const sorted = ({ parameters }: LaneSettings) =>
  Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
