import { ActionIcon, Drawer, Text, UnstyledButton } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { plural, when } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { useStudio } from '../StudioContext';
import type { StoredRun } from './archive';
import classes from './HistoryDrawer.module.css';

const PLACES = ['first', 'second', 'third'] as const;

/** Runs kept in this browser: open one, or delete it with an undo. */
export function HistoryDrawer({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const studio = useStudio();
  const { runs, lasting } = useStore(studio.history);
  const busy = useStore(studio.run, (state) => state.status === 'running');
  const current = useStore(studio.run, (state) => state.header?.id);
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      title="Past runs"
      size="md"
      closeButtonProps={{ 'aria-label': 'Close past runs' }}
    >
      <Text size="sm" c="dimmed" mb="md">
        {lasting
          ? 'Kept in this browser only, image by image while they are drawn.'
          : 'This browser keeps nothing for this page, so these last until the tab closes.'}
      </Text>
      {runs === null && <Text size="sm">Reading…</Text>}
      {runs?.length === 0 && (
        <div className={classes.empty}>
          <Icon name="clock" size={28} />
          <Text size="sm">No runs yet. Whatever you generate appears here by itself.</Text>
        </div>
      )}
      <ul className={classes.list} data-testid="history-list">
        {runs?.map((run) => (
          <li key={run.id} className={classes.item} data-current={run.id === current || undefined}>
            <UnstyledButton
              className={classes.open}
              disabled={busy}
              data-testid="history-open"
              onClick={() => {
                void studio.openRun(run.id);
                onClose();
              }}
            >
              <Thumbnails run={run} />
              <span className={classes.facts}>
                <span className={classes.prompt}>{run.request.prompt}</span>
                <span className={classes.detail}>
                  {plural(run.made, 'image')}, {plural(run.request.lanes.length, 'lane')}
                  {run.made < run.request.lanes.length * run.request.seeds.length && ', not finished'}
                </span>
                <span className={classes.detail}>{when(run.createdAt)}</span>
              </span>
            </UnstyledButton>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Delete the run “${run.request.prompt}”`}
              disabled={busy && run.id === current}
              onClick={() => studio.deleteRun(run.id)}
              data-testid="history-delete"
            >
              <Icon name="trash" />
            </ActionIcon>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}

function Thumbnails({ run }: { readonly run: StoredRun }) {
  const { history } = useStudio();
  const [urls, setUrls] = useState<readonly string[]>([]);
  useEffect(() => {
    let open = true;
    let made: readonly string[] = [];
    history
      .getState()
      .archive.images(run.id, PLACES.length)
      .then((images) => {
        if (!open) return;
        made = images.map(({ png }) => URL.createObjectURL(new Blob([png], { type: 'image/png' })));
        setUrls(made);
      })
      .catch(() => undefined);
    return () => {
      open = false;
      for (const url of made) URL.revokeObjectURL(url);
    };
  }, [history, run.id]);
  return (
    <span className={classes.thumbnails}>
      {PLACES.map((place, i) => (urls[i] ? <img key={place} src={urls[i]} alt="" /> : <span key={place} />))}
    </span>
  );
}
