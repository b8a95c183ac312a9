import { Button, Group, Text } from '@mantine/core';
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
  const count = useStore(store, (state) => state.marks.size);
  const header = useRun((state) => state.header);
  const lanes = useRun((state) => state.lanes);
  return (
    <>
      <Text size="sm" c="dimmed">
        {header
          ? 'Mark pictures of the run on the board, or whole lanes: a lane of attribute prompts is as fair as its targets. Marks stay when you generate more.'
          : 'Generate some pictures first; they appear here to be marked.'}
      </Text>
      {header?.request.lanes.map(({ id, name }) => (
        <LaneMarks key={id} runId={header.id} name={name} shots={lanes[id]?.shots.filter(isThere) ?? []} />
      ))}
      {count > 0 && (
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => store.getState().clear()}>
          Clear {plural(count, 'mark')}
        </Button>
      )}
    </>
  );
}

const isThere = (shot: Shot | undefined): shot is Shot => shot !== undefined;

function LaneMarks({
  runId,
  name,
  shots,
}: {
  readonly runId: string;
  readonly name: string;
  readonly shots: readonly Shot[];
}) {
  const { marks } = useStudio();
  const keyOf = ({ laneId, index }: Shot) => markKey(runId, laneId, index);
  const markAll = (set: SetName) =>
    marks
      .getState()
      .add(
        new Map(
          shots.flatMap((shot) =>
            shot.png ? [[keyOf(shot), { set, png: shot.png.bytes, people: shot.people }] as const] : [],
          ),
        ),
      );
  return (
    <section aria-label={`Pictures of ${name}`}>
      <Group gap={6} mb={6}>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        {SETS.map(({ set, label }) => (
          <Button
            key={set}
            size="compact-xs"
            variant="subtle"
            aria-label={`All of ${name}: ${label.toLowerCase()}`}
            onClick={() => markAll(set)}
          >
            All {label.toLowerCase()}
          </Button>
        ))}
      </Group>
      <ul className={classes.marks}>
        {shots.map((shot) => (
          <li key={shot.index}>
            <Marked shot={shot} markAs={keyOf(shot)} />
          </li>
        ))}
      </ul>
    </section>
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
