import { createStore } from 'zustand/vanilla';
import type { BroughtDelta, DeltaFacts, DeltaInfo, RunRequest } from '../../../workers/protocol';
import { type Keep, type Kept, MemoryKeep } from '../keep/keep';

/** What is known of a brought file of a trained variant without opening it. */
export interface KeptDelta extends Kept, Pick<DeltaInfo, 'card' | 'tokens' | 'drawsWith' | 'bytes'> {
  /** That it was found to fit. */
  readonly model: { readonly title: string; readonly hash: string };
}

/** The files of trained variants that were brought to this browser, and the card that is open. */
export interface DeltaState {
  /** null until the keep has been read. */
  readonly kept: readonly KeptDelta[] | null;
  /** False where they last only as long as the tab. */
  readonly lasting: boolean;
  /** Id of the variant whose card is open. */
  readonly open: string | null;
  use(keep: Keep<KeptDelta>, lasting: boolean): Promise<void>;
  show(id: string | null): void;
  /** Keeps a file that was found to fit the model. @throws EvenhandError 'storage-full', 'storage-unavailable'. */
  add(file: BroughtDelta, facts: DeltaFacts, model: KeptDelta['model']): Promise<void>;
  remove(id: string): Promise<void>;
  /** A kept file; undefined if there is none of that id. Never rejects. */
  file(id: string): Promise<BroughtDelta | undefined>;
  /** The files that the lanes of a request name. Never rejects: what is not kept is left out, and its lane says so. */
  usedBy(request: RunRequest): Promise<readonly BroughtDelta[]>;
}

export type DeltaStore = ReturnType<typeof createDeltaStore>;

export function createDeltaStore() {
  let keep: Keep<KeptDelta> = new MemoryKeep();
  return createStore<DeltaState>()((set, get) => {
    const refresh = async () => set({ kept: await keep.list() });
    const find = async (id: string): Promise<BroughtDelta | undefined> => {
      const bytes = await keep.read(id).catch(() => undefined);
      return bytes && { id, name: get().kept?.find((facts) => facts.id === id)?.name ?? id, bytes };
    };
    return {
      kept: null,
      lasting: false,
      open: null,
      use: async (other, lasting) => {
        keep = other;
        set({ lasting });
        await refresh();
      },
      show: (open) => set({ open }),
      add: async ({ id, bytes }, { info }, model) => {
        const { name, card, tokens, drawsWith } = info;
        const facts = {
          id,
          name,
          card,
          drawsWith,
          tokens,
          model,
          bytes: bytes.length,
          createdAt: Date.now(),
        };
        await keep.save(facts, bytes);
        await refresh();
      },
      remove: async (id) => {
        await keep.remove(id);
        await refresh();
      },
      file: find,
      usedBy: async ({ lanes }) => {
        const ids = new Set(lanes.flatMap(({ delta }) => delta?.id ?? []));
        const found = await Promise.all([...ids].map(find));
        return found.filter((file) => file !== undefined);
      },
    };
  });
}
