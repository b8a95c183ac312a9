import { HoverCard, Text, UnstyledButton } from '@mantine/core';
import type { Evidence } from '../../workers/methods/method';
import classes from './EvidenceBadge.module.css';
import { WORDS } from './words';

/** How well a method is founded, with its reference on a press or hover. */
export function EvidenceBadge({
  evidence,
  citation,
}: {
  readonly evidence: Evidence;
  readonly citation: string;
}) {
  return (
    <HoverCard width={340} shadow="md" openDelay={150}>
      <HoverCard.Target>
        <UnstyledButton
          className={classes.badge}
          data-evidence={evidence}
          aria-label={`Evidence ${evidence}. ${citation}`}
        >
          {evidence}
        </UnstyledButton>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <Text size="sm" fw={600}>
          {WORDS.evidence[evidence]}
        </Text>
        <Text size="sm" mt={6}>
          {citation}
        </Text>
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
