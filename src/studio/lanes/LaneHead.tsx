import { ActionIcon, Badge, Menu, TextInput } from '@mantine/core';
import type { Lane } from '../../../workers/protocol';
import type { ErrorReport } from '../../core/errors';
import { EvidenceBadge } from '../../ui/EvidenceBadge';
import { Icon } from '../../ui/icons';
import { DeltaLine } from '../deltas/DeltaLine';
import { useOfferedDeltas } from '../deltas/useOfferedDeltas';
import { LIMITS } from '../limits';
import { methodById } from '../methods';
import { useSettings, useStudio } from '../StudioContext';
import { LaneConflicts } from './LaneConflicts';
import classes from './LaneHead.module.css';
import { TuneButton } from './TuneButton';

export function LaneHead({
  lane,
  position,
  last,
  changed,
  error,
}: {
  readonly lane: Lane;
  readonly position: number;
  readonly last: boolean;
  readonly changed: boolean;
  readonly error: ErrorReport | null;
}) {
  const changeLane = useSettings((state) => state.changeLane);
  const spec = methodById(lane.method);
  const variants = useOfferedDeltas()?.length ?? 0;
  const tunable = (spec?.parameters.length ?? 0) > 0 || variants > 0 || lane.delta !== undefined;
  // What the base model does by itself is no news where a variant of it draws.
  const drawnAlone = lane.method === 'base' && lane.delta !== undefined;
  return (
    <header className={classes.head}>
      <div className={classes.line}>
        <TextInput
          variant="unstyled"
          value={lane.name}
          onChange={(event) =>
            changeLane(lane.id, { name: event.currentTarget.value.slice(0, LIMITS.laneNameCharacters) })
          }
          onBlur={() => lane.name.trim() === '' && changeLane(lane.id, { name: spec?.title ?? lane.method })}
          aria-label={`Name of lane ${position + 1}`}
          className={classes.nameField ?? ''}
          classNames={{ input: classes.name ?? '' }}
          data-testid="lane-name"
        />
        {spec && tunable && <TuneButton lane={lane} spec={spec} />}
        <LaneMenu lane={lane} first={position === 0} last={last} />
      </div>
      {spec && !drawnAlone && (
        <div className={classes.method}>
          <EvidenceBadge evidence={spec.evidence} citation={spec.citation} />
          <span className={classes.summary}>{spec.summary}</span>
        </div>
      )}
      <DeltaLine lane={lane} />
      <LaneConflicts lane={lane} failed={error !== null} />
      {changed && (
        <Badge variant="light" color="yellow" tt="none" fw={500} data-testid="lane-changed">
          Changed since these images; generate again
        </Badge>
      )}
      {error && (
        <p className={classes.error} role="alert" data-testid="lane-error">
          <Icon name="warning" size={16} />
          <span>
            {error.message} {error.nextStep} The other lanes go on.
          </span>
        </p>
      )}
    </header>
  );
}

function LaneMenu({
  lane,
  first,
  last,
}: {
  readonly lane: Lane;
  readonly first: boolean;
  readonly last: boolean;
}) {
  const { notices } = useStudio();
  const { lanes, duplicateLane, removeLane, insertLane, moveLane } = useSettings((state) => state);
  const remove = () => {
    const removed = removeLane(lane.id);
    if (!removed) return;
    notices.getState().show({
      place: 'toast',
      tone: 'plain',
      text: `Removed the lane “${lane.name}”.`,
      action: { label: 'Undo', run: () => insertLane(removed.lane, removed.position) },
    });
  };
  return (
    <Menu position="bottom-end" shadow="md" width={200} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`More for lane ${lane.name}`}
          data-testid="lane-menu"
        >
          <Icon name="dots" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<Icon name="copy" size={16} />}
          disabled={lanes.length >= LIMITS.lanes.max}
          onClick={() => duplicateLane(lane.id)}
        >
          Duplicate
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name="left" size={16} />}
          disabled={first}
          onClick={() => moveLane(lane.id, -1)}
        >
          Move forward
        </Menu.Item>
        <Menu.Item
          leftSection={<Icon name="right" size={16} />}
          disabled={last}
          onClick={() => moveLane(lane.id, 1)}
        >
          Move back
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item
          leftSection={<Icon name="trash" size={16} />}
          disabled={lanes.length <= LIMITS.lanes.min}
          onClick={remove}
          data-testid="lane-remove"
        >
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
