import type { FolderFile } from '../../../workers/models/types';
import { EvenhandError } from '../../core/errors';

/** A folder that the user opened, however that was done. */
export interface OpenedFolder {
  readonly name: string;
  readonly files: readonly FolderFile[];
}

/** A mistaken choice (a home folder, a disk) must not keep the page busy for minutes. */
const MOST_FILES = 5000;

/** Of <input webkitdirectory>: every path begins with the folder's name. */
export function folderOfInput(list: readonly File[]): OpenedFolder {
  const name = list[0]?.webkitRelativePath.split('/')[0] || 'the folder';
  if (list.length > MOST_FILES) throw tooMany(name);
  return {
    name,
    files: list.map((file) => ({ path: file.webkitRelativePath.slice(name.length + 1) || file.name, file })),
  };
}

/** Of the File System Access API: from a picker, a drop, or remembered. @throws EvenhandError 'model-missing' when it is gone. */
export async function folderOfHandle(handle: FileSystemDirectoryHandle): Promise<OpenedFolder> {
  const files: FolderFile[] = [];
  const walk = async (directory: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
    for await (const [name, entry] of directory.entries()) {
      if (entry.kind === 'directory') await walk(entry, `${prefix}${name}/`);
      else files.push({ path: prefix + name, file: await entry.getFile() });
      if (files.length > MOST_FILES) throw tooMany(handle.name);
    }
  };
  try {
    await walk(handle, '');
  } catch (cause) {
    if (cause instanceof EvenhandError) throw cause;
    throw new EvenhandError(
      'model-missing',
      `The folder ${handle.name} is no longer where it was, or cannot be read.`,
      'Choose the folder again where it is now.',
      { cause },
    );
  }
  return { name: handle.name, files };
}

/** Of a drop, in browsers without that API. */
export async function folderOfEntry(entry: FileSystemDirectoryEntry): Promise<OpenedFolder> {
  const files: FolderFile[] = [];
  const walk = async (directory: FileSystemDirectoryEntry, prefix: string): Promise<void> => {
    const reader = directory.createReader();
    // It answers a hundred at a time, and none when it is done.
    for (;;) {
      const entries = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
      if (entries.length === 0) return;
      for (const one of entries) {
        if (one.isDirectory) await walk(one as FileSystemDirectoryEntry, `${prefix}${one.name}/`);
        else {
          const file = await new Promise<File>((done, fail) => (one as FileSystemFileEntry).file(done, fail));
          files.push({ path: prefix + one.name, file });
        }
        if (files.length > MOST_FILES) throw tooMany(entry.name);
      }
    }
  };
  await walk(entry, '');
  return { name: entry.name, files };
}

const tooMany = (name: string): EvenhandError =>
  new EvenhandError(
    'model-unsupported',
    `${name} holds more than ${MOST_FILES} files.`,
    'Choose the folder that holds model_index.json.',
  );
