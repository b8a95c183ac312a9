import type { Disk } from '../disk';

/** A disk in memory. @param room bytes that fit on it. */
export function memoryDisk(room = Number.POSITIVE_INFINITY): Disk & { room: number } {
  const folders = new Map<string, Map<string, Uint8Array>>();
  const used = () =>
    [...folders.values()]
      .flatMap((files) => [...files.values()])
      .reduce((sum, { length }) => sum + length, 0);
  const disk = {
    room,
    async list() {
      return [...folders.keys()];
    },
    async open(folder: string, path: string) {
      const files = folders.get(folder) ?? new Map<string, Uint8Array>();
      folders.set(folder, files);
      const bytes = () => files.get(path) ?? new Uint8Array();
      files.set(path, bytes());
      return {
        get size() {
          return bytes().length;
        },
        read: (at: number, length: number) => bytes().slice(at, at + length),
        append(more: Uint8Array) {
          if (used() + more.length > disk.room) throw new DOMException('full', 'QuotaExceededError');
          const joined = new Uint8Array(bytes().length + more.length);
          joined.set(bytes());
          joined.set(more, bytes().length);
          files.set(path, joined);
        },
        clear: () => void files.set(path, new Uint8Array()),
        close() {},
      };
    },
    async file(folder: string, path: string) {
      const bytes = folders.get(folder)?.get(path);
      return bytes && new Blob([bytes.slice()]);
    },
    async remove(folder: string) {
      folders.delete(folder);
    },
  };
  return disk;
}
