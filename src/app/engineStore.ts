import { createStore } from 'zustand/vanilla';
import type { LoadProgress, ModelInfo } from '../../workers/protocol';
import type { ErrorReport } from '../core/errors';

/** Whether a model stands ready, as the header and the composer show it. */
export type EngineStatus =
  | { readonly phase: 'loading'; readonly stage: LoadProgress['stage'] | null; readonly files: FileProgress }
  | { readonly phase: 'ready'; readonly info: ModelInfo }
  | { readonly phase: 'failed'; readonly error: ErrorReport };

export type FileProgress = Readonly<Record<string, { readonly loaded: number; readonly total: number }>>;

export interface EngineState {
  readonly status: EngineStatus;
  begin(): void;
  progress(progress: LoadProgress): void;
  ready(info: ModelInfo): void;
  fail(error: ErrorReport): void;
}

export type EngineStore = ReturnType<typeof createEngineStore>;

export function createEngineStore() {
  return createStore<EngineState>()((set) => ({
    status: { phase: 'loading', stage: null, files: {} },
    begin: () => set({ status: { phase: 'loading', stage: null, files: {} } }),
    progress: ({ stage, file, loadedBytes, totalBytes }) =>
      set(({ status }) => {
        const files = status.phase === 'loading' ? status.files : {};
        const known = file !== '' && totalBytes > 0 && stage === 'download';
        return {
          status: {
            phase: 'loading',
            stage,
            files: known ? { ...files, [file]: { loaded: loadedBytes, total: totalBytes } } : files,
          },
        };
      }),
    ready: (info) => set({ status: { phase: 'ready', info } }),
    fail: (error) => set({ status: { phase: 'failed', error } }),
  }));
}

export function loadedBytes(files: FileProgress): { readonly loaded: number; readonly total: number } {
  const all = Object.values(files);
  return {
    loaded: all.reduce((sum, file) => sum + file.loaded, 0),
    total: all.reduce((sum, file) => sum + file.total, 0),
  };
}
