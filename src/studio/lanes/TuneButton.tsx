import { ActionIcon, Popover } from '@mantine/core';
import type { MethodSpec } from '../../../workers/methods/method';
import type { Lane } from '../../../workers/protocol';
import { Icon } from '../../ui/icons';
import { Parameters } from './Parameters';

/** Opens the controls of a lane's method over the page, so that the lanes beside it stay in line. */
export function TuneButton({ lane, spec }: { readonly lane: Lane; readonly spec: MethodSpec }) {
  return (
    <Popover width="min(360px, calc(100vw - 24px))" position="bottom-end" shadow="lg" trapFocus withArrow>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Tune ${lane.name}`}
          title="Tune this method"
          data-testid="lane-tune"
        >
          <Icon name="sliders" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={`Settings of ${lane.name}`}>
        <Parameters lane={lane} spec={spec} />
      </Popover.Dropdown>
    </Popover>
  );
}
