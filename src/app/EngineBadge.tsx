import { Button, Popover, Text } from '@mantine/core';
import { useStore } from 'zustand';
import { useStudio } from '../studio/StudioContext';
import { bytes } from '../ui/format';
import { DeviceCheckLine } from './DeviceCheckLine';
import classes from './EngineBadge.module.css';
import type { EngineStatus } from './engineStore';

/** Says what does the work, and on a press why. */
export function EngineBadge() {
  const { engine, embedded } = useStudio();
  const status = useStore(engine, (state) => state.status);
  const title = titleOf(status);
  // What there is room for on a phone: the first word.
  const short = /^[^ ,]+/.exec(title)?.[0] ?? '';
  return (
    <Popover width={320} position="bottom-start" shadow="md" withArrow>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          className={classes.badge}
          data-testid="engine-badge"
          data-phase={status.phase}
        >
          <span className={classes.dot} data-phase={status.phase} />
          <span className={classes.title}>
            {short}
            <span className={classes.detail}>{title.slice(short.length)}</span>
          </span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Explanation status={status} embedded={embedded} />
      </Popover.Dropdown>
    </Popover>
  );
}

function titleOf(status: EngineStatus): string {
  switch (status.phase) {
    case 'loading': {
      const { loaded, total } = status.load;
      return total > loaded ? `Loading ${bytes(loaded)}` : 'Starting';
    }
    case 'ready':
      return status.info.backend.title;
    case 'failed':
      return 'No model';
  }
}

function Explanation({
  status,
  embedded,
}: {
  readonly status: EngineStatus;
  /** The model ships with the page. */
  readonly embedded: boolean;
}) {
  switch (status.phase) {
    case 'loading':
      return (
        <Text size="sm">
          The model is being loaded {embedded ? 'from this page’s own address' : 'from this device'} and
          checked, byte for byte.
        </Text>
      );
    case 'failed':
      return (
        <Text size="sm">
          {status.error.message} {status.error.nextStep}
        </Text>
      );
    case 'ready': {
      const { backend, files } = status.info;
      const total = files.reduce((sum, file) => sum + file.bytes, 0);
      return (
        <div className={classes.explanation}>
          <Text size="sm" fw={600}>
            {backend.title}
          </Text>
          <Text size="sm">{backend.reason}</Text>
          {backend.backend === 'webgpu' && <DeviceCheckLine />}
          <Text size="sm" c="dimmed">
            {bytes(total)} of model files, loaded from {embedded ? 'this page’s own address' : 'this device'}.
            Nothing you type or draw leaves this browser.
          </Text>
        </div>
      );
    }
  }
}
