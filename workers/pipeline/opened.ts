/** Something opened that can be closed and opened again: a graph with a session behind it. */
export interface Opened<T> {
  readonly value: T;
  /** About what it holds, bytes. */
  readonly bytes: number;
  close(): Promise<void>;
}

/** Opened things by key, within a budget: what was not used for longest is closed when another is opened. */
export interface Pool {
  /**
   * @param open called when nothing is open under the key. Nothing is kept of what fails.
   * @param expected bytes that it will hold, where they are known: room for them is made before it is opened.
   */
  use<T>(key: string, open: () => Promise<Opened<T>>, expected?: number): Promise<T>;
  /** Closes what is open under the key, if anything is. */
  drop(key: string): Promise<void>;
  close(): Promise<void>;
}

/** @param budget bytes; the newest stays open even if it alone is more. */
export function createPool(budget: number): Pool {
  /** In order of use, the last used last. */
  const entries = new Map<string, Promise<Opened<unknown>>>();

  /** @param spare newest entries that stay whatever they hold. @param extra bytes that are to come. */
  async function makeRoom(spare: number, extra: number): Promise<void> {
    const held = await Promise.all(
      [...entries].map(async ([key, opened]) => ({ key, opened: await opened })),
    );
    let bytes = held.reduce((sum, { opened }) => sum + opened.bytes, extra);
    for (const { key, opened } of held.slice(0, held.length - spare)) {
      if (bytes <= budget) return;
      entries.delete(key);
      bytes -= opened.bytes;
      await opened.close();
    }
  }

  return {
    async use<T>(key: string, open: () => Promise<Opened<T>>, expected?: number): Promise<T> {
      if (expected !== undefined && !entries.has(key)) await makeRoom(0, expected);
      // The key names all that what is opened depends on, so what is found under it is of its type.
      const known = entries.get(key) as Promise<Opened<T>> | undefined;
      const opening = known ?? open();
      entries.delete(key);
      entries.set(key, opening);
      try {
        const { value } = await opening;
        if (!known) await makeRoom(1, 0);
        return value;
      } catch (error) {
        if (entries.get(key) === opening) entries.delete(key);
        throw error;
      }
    },
    async drop(key) {
      const opening = entries.get(key);
      entries.delete(key);
      await (await opening?.catch(() => undefined))?.close();
    },
    async close() {
      const all = [...entries.values()];
      entries.clear();
      for (const opening of all) await (await opening.catch(() => undefined))?.close();
    },
  };
}
