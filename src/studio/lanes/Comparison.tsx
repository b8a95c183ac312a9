import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { AttributeInfo, Target } from '../../../workers/protocol';
import { BiasChart } from '../../charts/BiasChart';
import { summarise } from '../../charts/summary';
import { emptyTally } from '../run/tally';
import { useRunForChart, useSettings } from '../StudioContext';
import { targetOf } from '../targets';
import { TradeOff } from '../tradeoff/TradeOff';
import { type ComparisonView, viewStore } from '../viewStore';
import { useShownAttribute } from './BoardTools';
import classes from './Comparison.module.css';

const VIEWS: { value: ComparisonView; label: string }[] = [
  { value: 'bias', label: 'Bias' },
  { value: 'tradeoff', label: 'Trade-off' },
];

/** The one chart across lanes: how far each is from equal shares, alone or against how much it changed the pictures. */
export function Comparison({ attributes }: { readonly attributes: readonly AttributeInfo[] }) {
  const attribute = useShownAttribute(attributes);
  const targets = useSettings((state) => state.targets);
  const view = useStore(viewStore, (state) => state.comparison);
  const target = attribute ? targetOf(attribute, targets) : null;
  if (!attribute || !target) return null;
  return (
    <div className={classes.card}>
      <SegmentedControl
        size="xs"
        className={classes.views ?? ''}
        data={VIEWS}
        value={view}
        onChange={(value) => viewStore.getState().compareBy(value === 'tradeoff' ? value : 'bias')}
        aria-label="What the lanes are compared by"
        data-testid="comparison-view"
      />
      {view === 'bias' ? (
        <Bias attributes={attributes} attribute={attribute} target={target} />
      ) : (
        <TradeOff attribute={attribute} target={target} />
      )}
    </div>
  );
}

/** How far each lane is from equal shares, and whether that can be told from chance. */
function Bias({
  attributes,
  attribute,
  target,
}: {
  readonly attributes: readonly AttributeInfo[];
  readonly attribute: AttributeInfo;
  readonly target: Target;
}) {
  const lanes = useSettings((state) => state.lanes);
  const results = useRunForChart((state) => state.lanes);
  const rows = useMemo(
    () =>
      lanes.map((lane) => {
        const tally = results[lane.id]?.tally ?? emptyTally(attributes);
        const { n, biasW } = summarise(attribute, tally, target);
        return { id: lane.id, lane: lane.name, n, figure: biasW };
      }),
    [attribute, attributes, lanes, results, target],
  );
  return <BiasChart rows={rows} attribute={attribute.title} max={2 / attribute.values.length} />;
}
