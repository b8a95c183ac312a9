import { UnstyledButton } from '@mantine/core';
import type { Lane } from '../../../workers/protocol';
import { EvidenceBadge } from '../../ui/EvidenceBadge';
import { useStudio } from '../StudioContext';
import classes from './Deltas.module.css';
import { deltaLabel } from './offered';
import { useOfferedDeltas } from './useOfferedDeltas';

/** Under the name of a lane: the trained variant that draws there, and the way to its card. */
export function DeltaLine({ lane: { delta } }: { readonly lane: Lane }) {
  const { deltas } = useStudio();
  const offered = useOfferedDeltas() ?? [];
  if (!delta) return null;
  const card = offered.find(({ id }) => id === delta.id)?.card;
  return (
    <div className={classes.line} data-testid="lane-variant">
      {card && <EvidenceBadge evidence={card.evidence} citation={card.citation} />}
      <span className={classes.says}>
        Drawn by{' '}
        <UnstyledButton className={classes.link} onClick={() => deltas.getState().show(delta.id)}>
          {deltaLabel(delta, offered)}
        </UnstyledButton>
        {card && `. ${card.summary}`}
      </span>
    </div>
  );
}
