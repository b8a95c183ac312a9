import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import type { Lane } from '../../../workers/protocol';
import { Icon } from '../../ui/icons';
import { LIMITS } from '../limits';
import { useSettings } from '../StudioContext';

const MethodPicker = lazy(async () => ({ default: (await import('./MethodPicker')).MethodPicker }));

/** Opens the methods, and adds a lane with the one that is picked. */
export function AddLane() {
  const full = useSettings((state) => state.lanes.length >= LIMITS.lanes.max);
  const addLane = useSettings((state) => state.addLane);
  const addVariantLane = useSettings((state) => state.addVariantLane);
  const [opened, { open, close }] = useDisclosure(false);
  const shown = (lane: Lane | null) => {
    close();
    // On a phone, or beside five others, the new lane is out of sight.
    if (lane)
      requestAnimationFrame(() => document.getElementById(lane.id)?.scrollIntoView({ block: 'nearest' }));
  };
  return (
    <>
      <Button
        variant="light"
        leftSection={<Icon name="plus" />}
        disabled={full}
        title={full ? `A board holds ${LIMITS.lanes.max} lanes; remove one first` : undefined}
        onClick={open}
        aria-haspopup="dialog"
        data-testid="add-lane"
      >
        Add lane
      </Button>
      <Suspense>
        <MethodPicker
          opened={opened}
          onClose={close}
          onPick={(spec) => shown(addLane(spec))}
          onPickVariant={(variant) => shown(addVariantLane(variant))}
        />
      </Suspense>
    </>
  );
}
