import { Menu, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { MethodSpec } from '../../../workers/methods/method';
import { METHODS } from '../methods';
import { useSettings } from '../StudioContext';
import classes from './MethodPicker.module.css';

/** Every method there is, with what it does, how well it is founded and what it costs. */
export function MethodPicker({ children }: { readonly children: ReactNode }) {
  const addLane = useSettings((state) => state.addLane);
  return (
    <Menu
      position="bottom-end"
      shadow="md"
      width="min(400px, calc(100vw - 24px))"
      withInitialFocusPlaceholder={false}
    >
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown className={classes.list ?? ''}>
        {METHODS.map((spec) => (
          <Menu.Item key={spec.id} onClick={() => addLane(spec)} data-testid={`method-${spec.id}`}>
            <span className={classes.head}>
              <Text span size="sm" fw={600}>
                {spec.title}
              </Text>
              <Text span size="xs" c="dimmed">
                {spec.evidence}, {costText(spec)}
              </Text>
            </span>
            <Text span size="sm" c="dimmed" className={classes.summary ?? ''}>
              {spec.summary}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function costText({ relativeCost }: MethodSpec): string {
  if (relativeCost === 1) return 'no extra cost';
  return `${relativeCost} × the time`;
}
