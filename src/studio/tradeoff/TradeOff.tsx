import { Progress } from '@mantine/core';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { AttributeInfo, Target } from '../../../workers/protocol';
import { TradeOffChart } from '../../charts/TradeOffChart';
import { CHART_PACE_MS, paced } from '../paced';
import { useRunForChart, useSettings } from '../StudioContext';
import { similarityStore } from './similarityStore';
import classes from './TradeOff.module.css';
import { baseLane, drawn, picturePairs, tradeOffRows } from './tradeOff';

/** What a lane's fairness costs: bias against how far its pictures are from the base model's. */
export function TradeOff({
  attribute,
  target,
}: {
  readonly attribute: AttributeInfo;
  readonly target: Target;
}) {
  const lanes = useSettings((state) => state.lanes);
  const header = useRunForChart((state) => state.header);
  const results = useRunForChart((state) => state.lanes);
  const run = useMemo(() => ({ header, lanes: results }), [header, results]);
  const pairs = useMemo(() => picturePairs(run, lanes), [run, lanes]);
  const values = useSyncExternalStore(
    paced(similarityStore, CHART_PACE_MS),
    () => similarityStore.getState().values,
  );
  const error = useSyncExternalStore(similarityStore.subscribe, () => similarityStore.getState().error);
  useEffect(() => similarityStore.getState().want(pairs), [pairs]);
  const rows = useMemo(
    () => tradeOffRows(run, lanes, values, attribute, target),
    [run, lanes, values, attribute, target],
  );
  const done = pairs.filter(({ key }) => values[key] !== undefined).length;
  const missing = missingPart(baseLane(run, lanes) !== undefined, drawn(run, lanes).length);
  if (missing) return <Empty>{missing}</Empty>;
  if (error) {
    return (
      <Empty>
        The pictures could not be compared. {error.message} {error.nextStep}
      </Empty>
    );
  }
  if (!rows.some(({ change, figure, isBase }) => !isBase && change && figure)) {
    return (
      <Empty>The first point stands here as soon as a lane has drawn the same seed as the base model.</Empty>
    );
  }
  return (
    <>
      <TradeOffChart
        rows={rows}
        attribute={attribute.title}
        max={2 / attribute.values.length}
        note={done < pairs.length && `comparing pictures, ${done} of ${pairs.length}`}
      />
      {done < pairs.length && (
        <Progress size={3} value={(100 * done) / pairs.length} aria-label="Pictures compared" />
      )}
    </>
  );
}

function missingPart(hasBase: boolean, lanes: number): string | null {
  if (!hasBase)
    return 'Change is measured against the base model, and this run has no lane of it. Add “Base model” and generate again.';
  if (lanes < 2)
    return 'There is only the base model to show. Add a lane with a method and generate again: each method is then a point, by its bias and by how much it changed the pictures.';
  return null;
}

const Empty = ({ children }: { readonly children: React.ReactNode }) => (
  <p className={classes.empty} data-testid="tradeoff-empty">
    {children}
  </p>
);
