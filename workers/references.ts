import { type DBSchema, openDB } from 'idb';
import type { Probe } from './pipeline/probe';

/** What wasm drew of a model, kept so that a later visit need not draw it again: for a full-size model that takes minutes. */
export interface References {
  read(key: string): Promise<Probe | undefined>;
  /** Failing to (storage full or blocked) is no error. */
  keep(key: string, probe: Probe): Promise<void>;
}

interface Schema extends DBSchema {
  probes: { key: string; value: Probe };
}

/** In this browser; where it keeps nothing, nothing is found. */
export function keptReferences(): References {
  const open = () =>
    openDB<Schema>('evenhand-references', 1, {
      upgrade: (database) => void database.createObjectStore('probes'),
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
  return {
    async read(key) {
      try {
        return await (await open()).get('probes', key);
      } catch {
        return undefined;
      }
    },
    async keep(key, probe) {
      try {
        await (await open()).put('probes', probe, key);
      } catch {}
    },
  };
}
