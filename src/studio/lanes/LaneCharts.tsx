import { memo, useMemo } from 'react';
import { useStore } from 'zustand';
import type { AttributeInfo, ReaderError } from '../../../workers/protocol';
import { CrossChart } from '../../charts/CrossChart';
import { correctedOf } from '../../charts/corrected';
import { SharesChart } from '../../charts/SharesChart';
import { summarise } from '../../charts/summary';
import { crossOf, emptyTally } from '../run/tally';
import { useRunForChart, useSettings, useStudio } from '../StudioContext';
import { targetOf } from '../targets';
import { viewStore } from '../viewStore';
import { useShownAttribute } from './BoardTools';
import { Figures } from './Figures';
import classes from './Lane.module.css';

export const LaneCharts = memo(function LaneCharts({
  laneId,
  name,
  attributes,
}: {
  readonly laneId: string;
  readonly name: string;
  readonly attributes: readonly AttributeInfo[];
}) {
  const guess = useStore(viewStore, (state) => state.guess);
  const counted = useRunForChart((state) => state.lanes[laneId]?.tally);
  const running = useRunForChart((state) => state.status === 'running');
  const targets = useSettings((state) => state.targets);
  const cross = useSettings((state) => state.cross);
  const attribute = useShownAttribute(attributes);
  const crossed = attributes.find(({ id }) => id === cross && id !== attribute?.id);
  const tally = useMemo(() => counted ?? emptyTally(attributes), [counted, attributes]);
  const summary = useMemo(
    () => (attribute ? summarise(attribute, tally, targetOf(attribute, targets)) : null),
    [attribute, tally, targets],
  );
  // A thousand resamples are too many for every image that arrives.
  const error = useErrorOf(attribute);
  const corrected = useMemo(
    () => (summary && !running ? correctedOf(summary, error) : null),
    [summary, running, error],
  );
  const cells = attribute && crossed ? crossOf(tally, attribute.id, crossed.id) : null;
  return (
    <>
      <div className={classes.chart}>
        {summary && (
          <SharesChart
            summary={summary}
            lane={name}
            corrected={corrected && error ? { ...corrected, on: error.on } : null}
            guess={guess?.attribute === attribute?.id ? guess : null}
          />
        )}
        {attribute && crossed && cells && (
          <CrossChart cells={cells} rows={attribute} columns={crossed} lane={name} />
        )}
      </div>
      <div>{summary && <Figures summary={summary} />}</div>
    </>
  );
});

/** How the reader errs: as labels of this very run have it, where somebody asked for that, or as it says itself. */
function useErrorOf(attribute: AttributeInfo | undefined): ReaderError | undefined {
  const runId = useRunForChart((state) => state.header?.id);
  const byHand = useStore(useStudio().labels, (state) =>
    attribute && state.runId === runId ? state.errors[attribute.id] : undefined,
  );
  return byHand ?? attribute?.error;
}
