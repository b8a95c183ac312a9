/** What is known of a kept file without opening it. */
export interface Kept {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

/** Files that outlive the page. One interface, two keepers: IndexedDB (database.ts), and memory where that is not to be had. */
export interface Keep<Facts extends Kept> {
  /** Newest first. */
  list(): Promise<readonly Facts[]>;
  /** The file under that id; undefined if there is none. */
  read(id: string): Promise<Uint8Array | undefined>;
  /** Replaces what was kept under the same id. */
  save(facts: Facts, file: Uint8Array): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  remove(id: string): Promise<void>;
}

export const newestFirst = <Facts extends Kept>(list: readonly Facts[]): Facts[] =>
  list.toSorted((a, b) => b.createdAt - a.createdAt);

/** Keeps files for as long as the page is open. */
export class MemoryKeep<Facts extends Kept> implements Keep<Facts> {
  readonly #facts = new Map<string, Facts>();
  readonly #files = new Map<string, Uint8Array>();

  async list(): Promise<readonly Facts[]> {
    return newestFirst([...this.#facts.values()]);
  }

  async read(id: string): Promise<Uint8Array | undefined> {
    return this.#files.get(id);
  }

  async save(facts: Facts, file: Uint8Array): Promise<void> {
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
