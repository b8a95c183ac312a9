import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { ModelInfo } from '../../workers/protocol';
import { CHART_PACE_MS, paced } from './paced';
import type { RunState } from './run/runStore';
import type { Studio } from './session';
import type { SettingsState } from './settings';

export const StudioContext = createContext<Studio | null>(null);

export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error('useStudio stands outside of StudioContext');
  return studio;
}

export const useSettings = <T,>(selector: (state: SettingsState) => T): T =>
  useStore(useStudio().settings, selector);

/** The loaded model, or null while there is none. */
export function useModel(): ModelInfo | null {
  return useStore(useStudio().engine, ({ status }) => (status.phase === 'ready' ? status.info : null));
}

/** A piece of the run. However fast images arrive, what depends on it is drawn at most once a frame. */
export const useRun = <T,>(selector: (state: RunState) => T): T => usePaced(selector, 0);

/** A piece of the run for a chart, which costs more to draw than a picture. */
export const useRunForChart = <T,>(selector: (state: RunState) => T): T => usePaced(selector, CHART_PACE_MS);

function usePaced<T>(selector: (state: RunState) => T, ms: number): T {
  const { run } = useStudio();
  return useSyncExternalStore(paced(run, ms), () => selector(run.getState()));
}
