import { useMemo } from 'react';
import type { AttributeInfo } from '../../../workers/protocol';
import { BiasChart } from '../../charts/BiasChart';
import { summarise } from '../../charts/summary';
import { emptyTally } from '../run/tally';
import { useRunForChart, useSettings } from '../StudioContext';
import { targetOf } from '../targets';
import { useShownAttribute } from './BoardTools';
import classes from './Comparison.module.css';

/** The one chart across lanes: how far each is from equal shares, and whether that can be told from chance. */
export function Comparison({ attributes }: { readonly attributes: readonly AttributeInfo[] }) {
  const attribute = useShownAttribute(attributes);
  const lanes = useSettings((state) => state.lanes);
  const targets = useSettings((state) => state.targets);
  const results = useRunForChart((state) => state.lanes);
  const target = attribute ? targetOf(attribute, targets) : null;
  const rows = useMemo(
    () =>
      attribute && target
        ? lanes.map((lane) => {
            const tally = results[lane.id]?.tally ?? emptyTally(attributes);
            const { n, biasW } = summarise(attribute, tally, target);
            return { id: lane.id, lane: lane.name, n, figure: biasW };
          })
        : [],
    [attribute, attributes, lanes, results, target],
  );
  if (!attribute || !target) return null;
  return (
    <div className={classes.card}>
      <BiasChart rows={rows} attribute={attribute.title} max={2 / attribute.values.length} />
    </div>
  );
}
