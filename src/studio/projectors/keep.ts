import type { Projector } from '../../../workers/projector/types';

/** What is known of a kept projector without opening its file. */
export interface KeptProjector
  extends Pick<Projector, 'id' | 'name' | 'source' | 'createdAt' | 'model' | 'training'> {
  readonly groups: readonly Pick<Projector['groups'][number], 'id' | 'title' | 'separation'>[];
  /** Of its file. */
  readonly bytes: number;
}

/** Projectors that outlive the page. One interface, two keepers: IndexedDB, and memory where that is not to be had. */
export interface ProjectorKeep {
  /** Newest first. */
  list(): Promise<readonly KeptProjector[]>;
  /** The file of a projector; undefined if there is none of that id. */
  read(id: string): Promise<Uint8Array | undefined>;
  /** Replaces what was kept under the same id. */
  save(facts: KeptProjector, file: Uint8Array): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  remove(id: string): Promise<void>;
}

export function factsOf(projector: Projector, file: Uint8Array): KeptProjector {
  const { id, name, source, createdAt, model, training } = projector;
  const groups = projector.groups.map((group) => ({
    id: group.id,
    title: group.title,
    ...(group.separation && { separation: group.separation }),
  }));
  return { id, name, source, createdAt, model, training, groups, bytes: file.length };
}

export const newestFirst = (list: readonly KeptProjector[]): KeptProjector[] =>
  list.toSorted((a, b) => b.createdAt - a.createdAt);

/** Keeps projectors for as long as the page is open. */
export class MemoryProjectorKeep implements ProjectorKeep {
  readonly #facts = new Map<string, KeptProjector>();
  readonly #files = new Map<string, Uint8Array>();

  async list(): Promise<readonly KeptProjector[]> {
    return newestFirst([...this.#facts.values()]);
  }

  async read(id: string): Promise<Uint8Array | undefined> {
    return this.#files.get(id);
  }

  async save(facts: KeptProjector, file: Uint8Array): Promise<void> {
    this.#facts.set(facts.id, facts);
    this.#files.set(facts.id, file);
  }

  async rename(id: string, name: string): Promise<void> {
    const facts = this.#facts.get(id);
    if (facts) this.#facts.set(id, { ...facts, name });
  }

  async remove(id: string): Promise<void> {
    this.#facts.delete(id);
    this.#files.delete(id);
  }
}
