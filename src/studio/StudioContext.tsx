import { createContext, useCallback, useContext, useSyncExternalStore } from 'react';
import { type StoreApi, useStore } from 'zustand';
import type { ModelInfo } from '../../workers/protocol';
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
export const useRun = <T,>(selector: (state: RunState) => T): T => useFrameStore(useStudio().run, selector);

export function useFrameStore<S, T>(store: StoreApi<S>, selector: (state: S) => T): T {
  const subscribe = useCallback(
    (changed: () => void) => {
      let frame = 0;
      const unsubscribe = store.subscribe(() => {
        frame ||= requestAnimationFrame(() => {
          frame = 0;
          changed();
        });
      });
      return () => {
        unsubscribe();
        cancelAnimationFrame(frame);
      };
    },
    [store],
  );
  return useSyncExternalStore(subscribe, () => selector(store.getState()));
}
