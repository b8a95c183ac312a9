import { ActionIcon, Modal, NativeSelect, Switch } from '@mantine/core';
import { useDisclosure, useHotkeys, useMediaQuery } from '@mantine/hooks';
import { useState } from 'react';
import { useStore } from 'zustand';
import { Icon } from '../../ui/icons';
import type { RunHeader, Shot } from '../run/runStore';
import { useRun } from '../StudioContext';
import { viewStore } from '../viewStore';
import classes from './ImageDialog.module.css';
import { ImageFacts } from './ImageFacts';
import { Picture } from './Picture';
import { Swipe } from './Swipe';

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
      size="min(1120px, 94vw)"
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
  const [boxes, { toggle }] = useDisclosure(true);
  const [against, setAgainst] = useState('');
  const other = useRun((state) => state.lanes[against]?.shots[shot.index]);
  const lanes = useRun((state) => state.lanes);
  const others = header.request.lanes.filter(({ id }) => id !== shot.laneId && lanes[id]?.shots[shot.index]);
  const nameOf = (id: string) => header.request.lanes.find((lane) => lane.id === id)?.name ?? id;
  // For the whole page, since the focus may rest outside the content (on the close button); fields keep their arrows.
  useHotkeys([
    ['ArrowLeft', () => step(-1)],
    ['ArrowRight', () => step(1)],
  ]);
  return (
    <div className={classes.content}>
      <div className={classes.stage}>
        {other?.png && shot.png && against !== shot.laneId ? (
          <Swipe
            before={{ url: shot.png.url, name: nameOf(shot.laneId) }}
            after={{ url: other.png.url, name: nameOf(against) }}
          />
        ) : (
          <Picture shot={shot} boxes={boxes} attributes={header.attributes} />
        )}
        <div className={classes.tools}>
          <ActionIcon
            variant="default"
            size="lg"
            onClick={() => step(-1)}
            aria-label="Previous image"
            data-testid="previous"
          >
            <Icon name="previous" />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="lg"
            onClick={() => step(1)}
            aria-label="Next image"
            data-testid="next"
          >
            <Icon name="next" />
          </ActionIcon>
          <Switch
            label="Head boxes"
            checked={boxes && against === ''}
            disabled={against !== ''}
            onChange={toggle}
            className={classes.grow ?? ''}
          />
          {others.length > 0 && (
            <NativeSelect
              aria-label="Compare with the same seed in another lane"
              value={others.some(({ id }) => id === against) ? against : ''}
              onChange={(event) => setAgainst(event.currentTarget.value)}
              data={[
                { value: '', label: 'Compare with…' },
                ...others.map(({ id, name }) => ({ value: id, label: name })),
              ]}
              data-testid="compare-select"
            />
          )}
        </div>
      </div>
      <ImageFacts header={header} shot={shot} />
    </div>
  );
}
