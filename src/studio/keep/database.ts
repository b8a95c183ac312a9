import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { storageError } from '../history/database';
import { type Keep, type Kept, newestFirst } from './keep';

/** The facts apart from the files, so that the list needs no megabytes. */
interface Schema<Facts extends Kept> extends DBSchema {
  facts: { key: string; value: Facts };
  files: { key: string; value: Uint8Array };
}

/** @throws EvenhandError `storage-unavailable` when the browser keeps nothing here, or a newer page wrote it. */
export async function openKeep<Facts extends Kept>(name: string): Promise<Keep<Facts>> {
  return guarded(async () => {
    const db = await openDB<Schema<Facts>>(name, 1, {
      upgrade: (database) => {
        database.createObjectStore('facts', { keyPath: 'id' });
        database.createObjectStore('files');
      },
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
    return new DatabaseKeep(db);
  });
}

class DatabaseKeep<Facts extends Kept> implements Keep<Facts> {
  constructor(private readonly db: IDBPDatabase<Schema<Facts>>) {}

  list(): Promise<readonly Facts[]> {
    return guarded(async () => newestFirst(await this.db.getAll('facts')));
  }

  read(id: string): Promise<Uint8Array | undefined> {
    return guarded(() => this.db.get('files', id));
  }

  save(facts: Facts, file: Uint8Array): Promise<void> {
    return guarded(async () => {
      const transaction = this.db.transaction(['facts', 'files'], 'readwrite');
      await Promise.all([
        transaction.objectStore('facts').put(facts),
        transaction.objectStore('files').put(file, facts.id),
        transaction.done,
      ]);
    });
  }

  rename(id: string, name: string): Promise<void> {
    return guarded(async () => {
      const transaction = this.db.transaction('facts', 'readwrite');
      const facts = await transaction.store.get(id);
      if (facts) await transaction.store.put({ ...facts, name });
      await transaction.done;
    });
  }

  remove(id: string): Promise<void> {
    return guarded(async () => {
      const transaction = this.db.transaction(['facts', 'files'], 'readwrite');
      await Promise.all([
        transaction.objectStore('facts').delete(id),
        transaction.objectStore('files').delete(id),
        transaction.done,
      ]);
    });
  }
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}
