import { createStore } from 'zustand/vanilla';
import type { Mark } from './sources';

/** Generated pictures that the user has put into a set, over all runs of this visit. */
export interface MarkState {
  /** By run, lane and position, see `markKey`. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** Puts a picture into a set, or takes it out of the set that it is in already. */
  toggle(key: string, mark: Mark): void;
  /** Puts all these pictures into the sets that their marks name. */
  add(marks: ReadonlyMap<string, Mark>): void;
  clear(): void;
}

export type MarkStore = ReturnType<typeof createMarkStore>;

export const markKey = (runId: string, laneId: string, index: number): string =>
  `${runId}/${laneId}/${index}`;

export function createMarkStore() {
  return createStore<MarkState>()((set) => ({
    marks: new Map(),
    toggle: (key, mark) =>
      set(({ marks }) => {
        const next = new Map(marks);
        if (marks.get(key)?.set === mark.set) next.delete(key);
        else next.set(key, mark);
        return { marks: next };
      }),
    add: (more) => set(({ marks }) => ({ marks: new Map([...marks, ...more]) })),
    clear: () => set({ marks: new Map() }),
  }));
}
