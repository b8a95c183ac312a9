import { Modal } from '@mantine/core';
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { RunHeader, Shot } from '../run/runStore';
import { useRun, useStudio } from '../StudioContext';
import { viewStore } from '../viewStore';
import classes from './ImageDialog.module.css';
import { ImageFacts } from './ImageFacts';
import { inspectStore } from './inspectStore';
import { Stage } from './Stage';

/** One image by itself: what was read on it, how it came about, and the same seed in another lane. */
export function ImageDialog() {
  const open = useStore(viewStore, (state) => state.open);
  const header = useRun((state) => state.header);
  const shots = useRun((state) => (open ? state.lanes[open.laneId]?.shots : undefined));
  const phone = useMediaQuery('(max-width: 760px)') ?? false;
  const { close, show } = viewStore.getState();
  const shot = open && shots?.[open.index];
  const step = (by: -1 | 1) => {
    if (!open || !shots) return;
    for (let i = open.index + by; i >= 0 && i < shots.length; i += by) {
      if (shots[i]) return show(open.laneId, i);
    }
  };
  const lane = header?.request.lanes.find(({ id }) => id === open?.laneId);
  return (
    <Modal
      opened={Boolean(header && shot)}
      onClose={close}
      size="min(1320px, 95vw)"
      fullScreen={phone}
      centered
      padding={phone ? 'sm' : 'lg'}
      title={
        shot && (
          <span className={classes.title}>
            {lane?.name ?? 'Lane'} <span className={classes.seed}>seed {shot.seed}</span>
          </span>
        )
      }
      closeButtonProps={{ 'aria-label': 'Close the image' }}
      data-testid="image-dialog"
    >
      {header && shot && <Content header={header} shot={shot} step={step} />}
    </Modal>
  );
}

function Content({
  header,
  shot,
  step,
}: {
  readonly header: RunHeader;
  readonly shot: Shot;
  readonly step: (by: -1 | 1) => void;
}) {
  const studio = useStudio();
  // For the whole page, since the focus may rest outside the content (on the close button); fields keep their arrows.
  useHotkeys([
    ['ArrowLeft', () => step(-1)],
    ['ArrowRight', () => step(1)],
  ]);
  useEffect(
    () => () => {
      studio.cancelRedrawing();
      inspectStore.getState().clear();
    },
    [studio],
  );
  return (
    <div className={classes.content}>
      <Stage header={header} shot={shot} step={step} />
      <ImageFacts header={header} shot={shot} />
    </div>
  );
}
