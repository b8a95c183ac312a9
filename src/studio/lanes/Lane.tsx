import { useMemo } from 'react';
import type { AttributeInfo, Lane as LaneSettings } from '../../../workers/protocol';
import { CrossChart } from '../../charts/CrossChart';
import { SharesChart } from '../../charts/SharesChart';
import { summarise } from '../../charts/summary';
import { crossOf, emptyTally } from '../run/tally';
import { useRun, useSettings } from '../StudioContext';
import { targetOf } from '../targets';
import { useShownAttribute } from './BoardTools';
import { Figures } from './Figures';
import classes from './Lane.module.css';
import { LaneHead } from './LaneHead';
import { LaneImages } from './LaneImages';

/** One method on the common seeds: its head, its charts, its figures, its pictures. */
export function Lane({
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
  const result = useRun((state) => state.lanes[lane.id]);
  const drawnAs = useRun((state) => state.header?.request.lanes.find(({ id }) => id === lane.id));
  const targets = useSettings((state) => state.targets);
  const cross = useSettings((state) => state.cross);
  const attribute = useShownAttribute(attributes);
  const crossed = attributes.find(({ id }) => id === cross && id !== attribute?.id);
  const tally = useMemo(() => result?.tally ?? emptyTally(attributes), [result?.tally, attributes]);
  const summary = useMemo(
    () => (attribute ? summarise(attribute, tally, targetOf(attribute, targets)) : null),
    [attribute, tally, targets],
  );
  const cells = attribute && crossed ? crossOf(tally, attribute.id, crossed.id) : null;
  const changed = drawnAs !== undefined && !sameWork(drawnAs, lane);
  return (
    <article className={classes.lane} aria-label={`Lane ${lane.name}`} data-testid={`lane-${position}`}>
      <LaneHead lane={lane} position={position} last={last} changed={changed} error={result?.error ?? null} />
      <div className={classes.chart}>
        {summary && <SharesChart summary={summary} lane={lane.name} />}
        {attribute && crossed && cells && (
          <CrossChart cells={cells} rows={attribute} columns={crossed} lane={lane.name} />
        )}
      </div>
      {summary && <Figures summary={summary} />}
      <LaneImages lane={lane} attribute={attribute} />
    </article>
  );
}

/** A new name changes no pixel. */
function sameWork(a: LaneSettings, b: LaneSettings): boolean {
  return a.method === b.method && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

const sorted = ({ parameters }: LaneSettings) =>
  Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
