import { type DBSchema, openDB } from 'idb';

/** A folder that can be opened again after a reload, where the browser has the File System Access API. */
export interface RememberedFolder {
  readonly name: string;
  readonly openedAt: number;
  readonly handle: FileSystemDirectoryHandle;
}

interface Schema extends DBSchema {
  folders: { key: string; value: RememberedFolder };
}

const open = () =>
  openDB<Schema>('evenhand-folders', 1, {
    upgrade: (database) => void database.createObjectStore('folders', { keyPath: 'name' }),
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });

/** Newest first; none where the browser keeps nothing. */
export async function rememberedFolders(): Promise<readonly RememberedFolder[]> {
  try {
    const all = await (await open()).getAll('folders');
    return all.toSorted((a, b) => b.openedAt - a.openedAt);
  } catch {
    return [];
  }
}

/** Failing to is no error: the folder is open all the same. */
export async function rememberFolder(handle: FileSystemDirectoryHandle): Promise<void> {
  try {
    await (await open()).put('folders', { name: handle.name, openedAt: Date.now(), handle });
  } catch {}
}

export async function forgetFolder(name: string): Promise<void> {
  try {
    await (await open()).delete('folders', name);
  } catch {}
}
