import { createStore } from 'zustand/vanilla';
import type { DeviceCheck, LoadProgress, ModelInfo, Result } from '../../workers/protocol';
import type { ErrorReport } from '../core/errors';

/** Whether a model stands ready, as the header and the composer show it. */
export type EngineStatus =
  | { readonly phase: 'loading'; readonly load: LoadState }
  | { readonly phase: 'ready'; readonly info: ModelInfo }
  | { readonly phase: 'failed'; readonly error: ErrorReport };

export interface LoadState {
  readonly stage: LoadProgress['stage'] | null;
  /** Bytes of all files together. */
  readonly loaded: number;
  readonly total: number;
  /** Bytes that each file has brought so far, in order of arrival. */
  readonly files: Readonly<Record<string, number>>;
}

const NOTHING_LOADED: LoadState = { stage: null, loaded: 0, total: 0, files: {} };

/** Whether this device's numbers were compared with the CPU's since the model was opened. */
export type CheckStatus =
  | { readonly phase: 'none' }
  | { readonly phase: 'running' }
  | { readonly phase: 'done'; readonly answer: Result<DeviceCheck> };

export interface EngineState {
  readonly status: EngineStatus;
  readonly check: CheckStatus;
  checking(): void;
  checked(answer: Result<DeviceCheck>): void;
  begin(): void;
  progress(progress: LoadProgress): void;
  ready(info: ModelInfo): void;
  fail(error: ErrorReport): void;
}

export type EngineStore = ReturnType<typeof createEngineStore>;

export function createEngineStore() {
  return createStore<EngineState>()((set) => ({
    status: { phase: 'loading', load: NOTHING_LOADED },
    check: { phase: 'none' },
    checking: () => set({ check: { phase: 'running' } }),
    checked: (answer) => set({ check: { phase: 'done', answer } }),
    begin: () => set({ status: { phase: 'loading', load: NOTHING_LOADED }, check: { phase: 'none' } }),
    progress: (progress) =>
      set(({ status }) => ({
        status: {
          phase: 'loading',
          load: advance(status.phase === 'loading' ? status.load : NOTHING_LOADED, progress),
        },
      })),
    ready: (info) => set({ status: { phase: 'ready', info } }),
    fail: (error) => set({ status: { phase: 'failed', error } }),
  }));
}

/** The engine counts all files together; what is new since the last word belongs to the file it names. */
export function advance(
  before: LoadState,
  { stage, file, loadedBytes, totalBytes }: LoadProgress,
): LoadState {
  if (stage !== 'download') return { ...before, stage };
  const fresh = Math.max(0, loadedBytes - before.loaded);
  return {
    stage,
    loaded: Math.max(before.loaded, loadedBytes),
    total: totalBytes,
    files: { ...before.files, [file]: (before.files[file] ?? 0) + fresh },
  };
}
