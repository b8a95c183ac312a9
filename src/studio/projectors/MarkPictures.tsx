import { Button, Text } from '@mantine/core';
import { useStore } from 'zustand';
import { plural } from '../../ui/format';
import type { Shot } from '../run/runStore';
import { useRun, useStudio } from '../StudioContext';
import { markKey } from './markStore';
import classes from './Projectors.module.css';
import type { SetName } from './sources';

const SETS: readonly { readonly set: SetName; readonly label: string }[] = [
  { set: 'fair', label: 'Fair' },
  { set: 'stereotypical', label: 'Stereotype' },
];

/** The pictures of the run on the board, to be put into a set by hand. Marks of earlier runs stay until they are cleared. */
export function MarkPictures() {
  const { marks: store } = useStudio();
  const marks = useStore(store, (state) => state.marks);
  const header = useRun((state) => state.header);
  const lanes = useRun((state) => state.lanes);
  const shots = Object.values(lanes).flatMap((lane) => lane.shots.filter((shot) => shot !== undefined));
  return (
    <>
      <Text size="sm" c="dimmed">
        {shots.length === 0
          ? 'Generate some pictures first; they appear here to be marked.'
          : 'Mark pictures of the run on the board. Marks stay when you generate more.'}
      </Text>
      {header && (
        <ul className={classes.marks}>
          {shots.map((shot) => (
            <li key={`${shot.laneId}/${shot.index}`}>
              <Marked shot={shot} markAs={markKey(header.id, shot.laneId, shot.index)} />
            </li>
          ))}
        </ul>
      )}
      {marks.size > 0 && (
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => store.getState().clear()}>
          Clear {plural(marks.size, 'mark')}
        </Button>
      )}
    </>
  );
}

function Marked({ shot, markAs }: { readonly shot: Shot; readonly markAs: string }) {
  const { marks } = useStudio();
  const own = useStore(marks, (state) => state.marks.get(markAs)?.set);
  const { png, people, seed } = shot;
  if (!png) return null;
  return (
    <>
      <img src={png.url} alt={`Seed ${seed}`} />
      {SETS.map(({ set, label }) => (
        <Button
          key={set}
          size="compact-xs"
          variant={own === set ? 'filled' : 'default'}
          aria-pressed={own === set}
          aria-label={`${label}: seed ${seed}`}
          onClick={() => marks.getState().toggle(markAs, { set, png: png.bytes, people })}
        >
          {label}
        </Button>
      ))}
    </>
  );
}
