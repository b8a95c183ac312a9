import { type DBSchema, openDB } from 'idb';
import { folderOfHandle, type OpenedFolder } from './folders';

/** TypeScript's DOM does not know Chromium's part of the File System Access API. */
declare global {
  interface Window {
    showDirectoryPicker?(): Promise<FileSystemDirectoryHandle>;
  }
  interface FileSystemHandle {
    requestPermission?(descriptor: { mode: 'read' }): Promise<PermissionState>;
  }
  interface DataTransferItem {
    getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
  }
}

/** Reads a folder by its handle and remembers it. @throws EvenhandError, see folders.ts. */
export async function openHandle(handle: FileSystemDirectoryHandle): Promise<OpenedFolder> {
  // A remembered folder has to be allowed anew after a reload; by a press only.
  await handle.requestPermission?.({ mode: 'read' });
  const folder = await folderOfHandle(handle);
  await rememberFolder(handle);
  return folder;
}

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
async function rememberFolder(handle: FileSystemDirectoryHandle): Promise<void> {
  try {
    await (await open()).put('folders', { name: handle.name, openedAt: Date.now(), handle });
  } catch {}
}

export async function forgetFolder(name: string): Promise<void> {
  try {
    await (await open()).delete('folders', name);
  } catch {}
}
