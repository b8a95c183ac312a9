import { useStore } from 'zustand';
import type { Lane } from '../../../workers/protocol';
import { Icon } from '../../ui/icons';
import { type Conflict, conflictsOf } from '../conflicts';
import { useOfferedDeltas } from '../deltas/useOfferedDeltas';
import { useModel, useSettings, useStudio } from '../StudioContext';
import classes from './LaneConflicts.module.css';

export function useConflicts(lane: Lane): readonly Conflict[] {
  const { projectors } = useStudio();
  const deltas = useOfferedDeltas();
  const variant = useSettings((state) => state.variant);
  const model = useModel();
  const prompt = useSettings((state) => state.prompt);
  const guidance = useSettings((state) => state.guidance);
  const kept = useStore(projectors, (state) => state.kept);
  return conflictsOf(lane, { settings: { prompt, guidance, variant }, model, projectors: kept, deltas });
}

/** What is said at a lane before it is drawn: why it will fail, or do nothing. */
export function LaneConflicts({ lane, failed }: { readonly lane: Lane; readonly failed: boolean }) {
  const conflicts = useConflicts(lane);
  // The failure below says the same, and what came of it.
  const shown = failed ? conflicts.filter(({ kind }) => kind !== 'stops') : conflicts;
  return shown.map(({ kind, text, next }) => (
    <p key={text} className={classes.conflict} data-kind={kind} data-testid="lane-conflict">
      <Icon name={kind === 'note' ? 'info' : 'warning'} size={16} />
      <span>
        {kind === 'stops' && 'Will not run. '}
        {text} {next}
        {kind === 'stops' && ' The other lanes go on.'}
      </span>
    </p>
  ));
}
