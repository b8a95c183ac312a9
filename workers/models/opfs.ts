import type { Disk, Target } from './disk';

const ROOT = 'evenhand-models';

/**
 * The browser's private file system. Files are written in place through synchronous handles, which only workers have: what a
 * broken download brought is there after a reload, where a writable stream would have dropped it.
 * @throws DOMException where the browser keeps no files (a private window, or storage is blocked).
 */
export async function openOpfs(): Promise<Disk> {
  const origin = await navigator.storage.getDirectory();
  const root = await origin.getDirectoryHandle(ROOT, { create: true });

  async function find(folder: string, path: string, create: boolean): Promise<FileSystemFileHandle> {
    const names = [folder, ...path.split('/')];
    const last = names.pop()!;
    let directory = root;
    for (const name of names) directory = await directory.getDirectoryHandle(name, { create });
    return directory.getFileHandle(last, { create });
  }

  return {
    async list() {
      const names: string[] = [];
      for await (const [name, handle] of root.entries()) if (handle.kind === 'directory') names.push(name);
      return names;
    },
    async open(folder, path) {
      const handle = await (await find(folder, path, true)).createSyncAccessHandle();
      return targetOf(handle);
    },
    async file(folder, path) {
      try {
        return await (await find(folder, path, false)).getFile();
      } catch (error) {
        if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
        throw error;
      }
    },
    async remove(folder) {
      await root.removeEntry(folder, { recursive: true });
    },
  };
}

function targetOf(handle: FileSystemSyncAccessHandle): Target {
  let size = handle.getSize();
  return {
    get size() {
      return size;
    },
    read(at, length) {
      const bytes = new Uint8Array(length);
      return bytes.subarray(0, handle.read(bytes, { at }));
    },
    append(bytes) {
      try {
        const written = handle.write(bytes as Uint8Array<ArrayBuffer>, { at: size });
        if (written < bytes.length) {
          throw new DOMException('Fewer bytes were written than given.', 'QuotaExceededError');
        }
      } catch (error) {
        handle.truncate(size);
        throw error;
      }
      size += bytes.length;
    },
    clear() {
      handle.truncate(0);
      size = 0;
    },
    close() {
      handle.flush();
      handle.close();
    },
  };
}
