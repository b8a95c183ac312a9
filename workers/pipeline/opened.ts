/** Something opened that can be closed and opened again: a graph with a session behind it. */
export interface Opened<T> {
  readonly value: T;
  /** About what it holds, bytes. */
  readonly bytes: number;
  close(): Promise<void>;
}

/** Opened things by key, within a budget: what was not used for longest is closed when another is opened. */
export interface Pool {
  /** @param open called when nothing is open under the key. Nothing is kept of what fails. */
  use<T>(key: string, open: () => Promise<Opened<T>>): Promise<T>;
  close(): Promise<void>;
}

/** @param budget bytes; the newest stays open even if it alone is more. */
export function createPool(budget: number): Pool {
  /** In order of use, the last used last. */
  const entries = new Map<string, Promise<Opened<unknown>>>();

  async function makeRoom(): Promise<void> {
    const held = await Promise.all(
      [...entries].map(async ([key, opened]) => ({ key, opened: await opened })),
    );
    let bytes = held.reduce((sum, { opened }) => sum + opened.bytes, 0);
    for (const { key, opened } of held.slice(0, -1)) {
      if (bytes <= budget) return;
      entries.delete(key);
      bytes -= opened.bytes;
      await opened.close();
    }
  }

  return {
    async use<T>(key: string, open: () => Promise<Opened<T>>): Promise<T> {
      // The key names all that what is opened depends on, so what is found under it is of its type.
      const known = entries.get(key) as Promise<Opened<T>> | undefined;
      const opening = known ?? open();
      entries.delete(key);
      entries.set(key, opening);
      try {
        const { value } = await opening;
        if (!known) await makeRoom();
        return value;
      } catch (error) {
        if (entries.get(key) === opening) entries.delete(key);
        throw error;
      }
    },
    async close() {
      const all = [...entries.values()];
      entries.clear();
      for (const opening of all) await (await opening.catch(() => undefined))?.close();
    },
  };
}
