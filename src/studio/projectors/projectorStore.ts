import { createStore } from 'zustand/vanilla';
import { readProjector, writeProjector } from '../../../workers/projector/file';
import type { Projector, TrainingProgress } from '../../../workers/projector/types';
import type { RunRequest } from '../../../workers/protocol';
import { type Keep, MemoryKeep } from '../keep/keep';
import { METHODS } from '../methods';
import { factsOf, type KeptProjector } from './keep';

/** A training under way, as the page shows it. */
export interface Training {
  readonly name: string;
  /** 'draw': the page makes the pictures, before the engine has anything to do. */
  readonly progress:
    | TrainingProgress
    | { readonly stage: 'draw'; readonly done: number; readonly total: number };
  /** Loss of every step so far. */
  readonly losses: readonly number[];
  readonly cancelling: boolean;
}

/** The projectors of this browser, and the one that is being trained. */
export interface ProjectorState {
  /** null until the keep has been read. */
  readonly kept: readonly KeptProjector[] | null;
  /** False where they last only as long as the tab. */
  readonly lasting: boolean;
  readonly training: Training | null;
  /** The lane whose drawer is open: a projector that is trained or chosen there becomes this lane's. */
  readonly openFor: string | null;
  use(keep: Keep<KeptProjector>, lasting: boolean): Promise<void>;
  open(laneId: string): void;
  close(): void;
  begin(name: string): void;
  progress(progress: Training['progress']): void;
  setCancelling(): void;
  end(): void;
  /** Keeps a projector, and lists it. @throws EvenhandError 'storage-full', 'storage-unavailable'. */
  add(projector: Projector): Promise<void>;
  /** Reads a file and keeps it. @throws EvenhandError 'metadata-invalid', 'storage-full', 'storage-unavailable'. */
  importFile(file: Uint8Array): Promise<Projector>;
  /** Its file, under the name it has now; undefined if it is gone. */
  exportFile(id: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  rename(id: string, name: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** The projectors that the lanes of a request name. Never rejects: what is not kept, or damaged, is left out, and its lane says so. */
  usedBy(request: RunRequest): Promise<readonly Projector[]>;
}

export type ProjectorStore = ReturnType<typeof createProjectorStore>;

export function createProjectorStore() {
  let keep: Keep<KeptProjector> = new MemoryKeep();
  return createStore<ProjectorState>()((set, get) => {
    const refresh = async () => set({ kept: await keep.list() });
    const find = async (id: string): Promise<Projector | undefined> => {
      const file = await keep.read(id);
      if (!file) return undefined;
      const name = get().kept?.find((facts) => facts.id === id)?.name;
      const projector = await readProjector(file);
      return name === undefined ? projector : { ...projector, name };
    };
    return {
      kept: null,
      lasting: false,
      training: null,
      openFor: null,
      use: async (other, lasting) => {
        keep = other;
        set({ lasting });
        await refresh();
      },
      open: (openFor) => set({ openFor }),
      close: () => set({ openFor: null }),
      begin: (name) =>
        set({
          training: { name, progress: { stage: 'draw', done: 0, total: 0 }, losses: [], cancelling: false },
        }),
      progress: (progress) =>
        set(({ training }) => {
          if (!training) return {};
          const losses = progress.stage === 'train' ? [...training.losses, progress.loss] : training.losses;
          return { training: { ...training, progress, losses } };
        }),
      setCancelling: () =>
        set(({ training }) => ({ training: training && { ...training, cancelling: true } })),
      end: () => set({ training: null }),
      add: async (projector) => {
        const file = writeProjector(projector);
        await keep.save(factsOf(projector, file), file);
        await refresh();
      },
      importFile: async (file) => {
        const projector = await readProjector(file);
        await get().add(projector);
        return projector;
      },
      exportFile: async (id) => {
        const projector = await find(id);
        return projector && writeProjector(projector);
      },
      rename: async (id, name) => {
        await keep.rename(id, name);
        await refresh();
      },
      remove: async (id) => {
        await keep.remove(id);
        await refresh();
      },
      usedBy: async (request) => {
        const ids = new Set(request.lanes.flatMap(projectorIds));
        const found = await Promise.all([...ids].map((id) => find(id).catch(() => undefined)));
        return found.filter((projector) => projector !== undefined);
      },
    };
  });
}

/** The ids that a lane's parameters name. */
function projectorIds({ method, parameters }: RunRequest['lanes'][number]): string[] {
  const spec = METHODS.find(({ id }) => id === method);
  return (spec?.parameters ?? []).flatMap(({ type, id }) => {
    const value = parameters[id];
    return type === 'projector' && typeof value === 'string' && value !== '' ? [value] : [];
  });
}
