import type { CSSProperties } from 'react';
import { useStore } from 'zustand';
import { ChartKey } from '../../charts/ChartKey';
import { useModel, useRun, useSettings } from '../StudioContext';
import { viewStore } from '../viewStore';
import classes from './Board.module.css';
import { BoardTools } from './BoardTools';
import { Comparison } from './Comparison';
import { Lane } from './Lane';
import { RunCaption } from './RunCaption';

/** All lanes on the same seeds: who appears above, the pictures below, position by position the same seed. */
export function Board() {
  const lanes = useSettings((state) => state.lanes);
  const view = useSettings((state) => state.view);
  const guess = useStore(viewStore, (state) => state.guess !== null);
  const model = useModel();
  const header = useRun((state) => state.header);
  const attributes = header?.attributes ?? model?.attributes ?? [];
  return (
    <section className={classes.board} aria-label="Lanes">
      <RunCaption attributes={attributes} />
      <BoardTools attributes={attributes} />
      {header && <Comparison attributes={attributes} />}
      {header && <ChartKey guess={guess} />}
      <div
        className={classes.lanes}
        data-view={view}
        data-testid="lanes"
        style={{ '--lanes': lanes.length } as CSSProperties}
      >
        {lanes.map((lane, position) => (
          <Lane
            key={lane.id}
            lane={lane}
            position={position}
            last={position === lanes.length - 1}
            attributes={attributes}
          />
        ))}
      </div>
    </section>
  );
}
