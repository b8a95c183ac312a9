import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import * as v from 'valibot';
import { EvenhandError } from '../../core/errors';
import { RequestSchema } from '../image/metadata';
import type { Archive, StoredImage, StoredRun } from './archive';

interface Schema extends DBSchema {
  runs: { key: string; value: StoredRun; indexes: { createdAt: number } };
  images: { key: [string, string, number]; value: StoredImage };
}

type Upgrade = IDBPTransaction<Schema, ('runs' | 'images')[], 'versionchange'>;

/** One step per version, in order, never changed once released: step i takes a database from version i to i + 1. */
export const MIGRATIONS: readonly ((db: IDBPDatabase<Schema>, transaction: Upgrade) => void)[] = [
  (db) => {
    db.createObjectStore('runs', { keyPath: 'id' });
    db.createObjectStore('images', { keyPath: ['runId', 'laneId', 'index'] });
  },
  (_db, transaction) => {
    transaction.objectStore('runs').createIndex('createdAt', 'createdAt');
  },
];

/** @throws EvenhandError `storage-unavailable` when the browser keeps nothing here, or a newer page wrote it. */
export async function openArchive(name = 'evenhand', migrations = MIGRATIONS): Promise<Archive> {
  try {
    const db = await openDB<Schema>(name, migrations.length, {
      upgrade: (database, from, _to, transaction) => {
        for (const step of migrations.slice(from)) step(database, transaction as Upgrade);
      },
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
    return new DatabaseArchive(db);
  } catch (error) {
    throw storageError(error);
  }
}

class DatabaseArchive implements Archive {
  constructor(private readonly db: IDBPDatabase<Schema>) {}

  saveRun(run: StoredRun): Promise<void> {
    return guarded(async () => {
      await this.db.put('runs', run);
    });
  }

  saveImage(image: StoredImage): Promise<void> {
    return guarded(async () => {
      await this.db.put('images', image);
    });
  }

  list(): Promise<readonly StoredRun[]> {
    return guarded(async () =>
      (await this.db.getAllFromIndex('runs', 'createdAt')).filter(isUsable).reverse(),
    );
  }

  images(runId: string, limit?: number): Promise<readonly StoredImage[]> {
    return guarded(() => this.db.getAll('images', imagesOf(runId), limit));
  }

  remove(runId: string): Promise<void> {
    return guarded(async () => {
      const transaction = this.db.transaction(['runs', 'images'], 'readwrite');
      await Promise.all([
        transaction.objectStore('runs').delete(runId),
        transaction.objectStore('images').delete(imagesOf(runId)),
        transaction.done,
      ]);
    });
  }
}

/** What other code needs to be there. A record that was damaged, or that another page wrote, is left alone and not listed. */
const UsableSchema = v.looseObject({
  id: v.string(),
  createdAt: v.number(),
  model: v.looseObject({ title: v.string(), hash: v.string() }),
  attributes: v.array(v.looseObject({ id: v.string(), values: v.array(v.looseObject({ id: v.string() })) })),
  request: RequestSchema,
  notes: v.array(v.string()),
  made: v.number(),
});

const isUsable = (run: unknown): boolean => v.is(UsableSchema, run);

/** Every key that begins with the run's id: an array sorts after every string. */
const imagesOf = (runId: string): IDBKeyRange => IDBKeyRange.bound([runId], [runId, []]);

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}

export function storageError(error: unknown): EvenhandError {
  if (error instanceof EvenhandError) return error;
  const name = error instanceof Error ? error.name : '';
  if (name === 'QuotaExceededError') {
    return new EvenhandError(
      'storage-full',
      'The browser has no room left to keep runs, so from here on this run lives in this tab only.',
      'Delete past runs or download the images you need before you close the tab.',
      { cause: error },
    );
  }
  if (name === 'VersionError') {
    return new EvenhandError(
      'storage-unavailable',
      'The runs kept in this browser were written by a newer version of Evenhand.',
      'Reload to get the newest version. Until then runs are kept in this tab only; the stored ones are untouched.',
      { cause: error },
    );
  }
  return new EvenhandError(
    'storage-unavailable',
    'This browser does not let the page keep runs (a private window, or storage is blocked).',
    'Everything works, but runs are gone when the tab closes: download the images you need.',
    { cause: error },
  );
}
