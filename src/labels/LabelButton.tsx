import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import { useRun } from '../studio/StudioContext';
import { Icon } from '../ui/icons';

/** Needed only by who labels. */
const LabelModal = lazy(() => import('./LabelModal'));

/** Stands under a run that has pictures to label. */
export function LabelButton() {
  const [opened, { open, close }] = useDisclosure(false);
  const some = useRun(
    ({ status, lanes }) =>
      status !== 'running' && Object.values(lanes).some(({ shots }) => shots.some(Boolean)),
  );
  if (!some) return null;
  return (
    <div>
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        leftSection={<Icon name="pencil" size={14} />}
        onClick={open}
        data-testid="labels-button"
      >
        Label by hand
      </Button>
      <Suspense>{opened && <LabelModal opened onClose={close} />}</Suspense>
    </div>
  );
}
