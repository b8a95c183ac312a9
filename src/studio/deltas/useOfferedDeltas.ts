import { useMemo } from 'react';
import { useStore } from 'zustand';
import type { DeltaInfo } from '../../../workers/protocol';
import { useModel, useStudio } from '../StudioContext';
import { offeredDeltas } from './offered';

/** Trained variants that a lane can name; null until those kept in this browser have been read. */
export function useOfferedDeltas(): readonly DeltaInfo[] | null {
  const { deltas } = useStudio();
  const model = useModel();
  const kept = useStore(deltas, (state) => state.kept);
  return useMemo(() => (kept === null ? null : offeredDeltas(model, kept)), [model, kept]);
}
