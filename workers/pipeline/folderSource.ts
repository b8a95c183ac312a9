import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { missingFile } from './fileErrors';
import type { ModelSource } from './source';

/** A model folder on disk, for bench, evaluation and tests. Never imported by the page. */
export function folderSource(folder: string): ModelSource {
  return {
    name: folder,
    async read(path, onBytes) {
      try {
        const bytes = new Uint8Array(await readFile(join(folder, path)));
        onBytes?.(bytes.length);
        return bytes;
      } catch (cause) {
        throw missingFile(path, folder, 'it is not in the folder', { cause });
      }
    },
  };
}
