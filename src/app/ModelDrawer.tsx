import { Drawer } from '@mantine/core';
import type { ModelInfo } from '../../workers/protocol';

export function ModelDrawer({
  model,
  opened,
  onClose,
}: {
  readonly model: ModelInfo;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Drawer opened={opened} onClose={onClose} position="right" size="lg" title={model.title}>
      …
    </Drawer>
  );
}
