import { createStore } from 'zustand/vanilla';
import type { Archive, StoredRun } from './archive';
import { MemoryArchive } from './archive';

/** The list of past runs. Deleting hides a run at once and forgets it only when the undo has gone. */
export interface HistoryState {
  /** null until the archive has been read. */
  readonly runs: readonly StoredRun[] | null;
  readonly archive: Archive;
  /** False where runs last only as long as the tab. */
  readonly lasting: boolean;
  use(archive: Archive, lasting: boolean): Promise<void>;
  refresh(): Promise<void>;
  hide(id: string): StoredRun | null;
  unhide(id: string): void;
  forget(id: string): Promise<void>;
}

export type HistoryStore = ReturnType<typeof createHistoryStore>;

export function createHistoryStore() {
  const hidden = new Set<string>();
  return createStore<HistoryState>()((set, get) => ({
    runs: null,
    archive: new MemoryArchive(),
    lasting: false,
    use: async (archive, lasting) => {
      set({ archive, lasting });
      await get().refresh();
    },
    refresh: async () => {
      const all = await get().archive.list();
      set({ runs: all.filter((run) => !hidden.has(run.id)) });
    },
    hide: (id) => {
      const run = get().runs?.find((candidate) => candidate.id === id) ?? null;
      hidden.add(id);
      set(({ runs }) => ({ runs: runs?.filter((candidate) => candidate.id !== id) ?? null }));
      return run;
    },
    unhide: (id) => {
      hidden.delete(id);
      void get().refresh();
    },
    forget: async (id) => {
      if (hidden.has(id)) await get().archive.remove(id);
    },
  }));
}
