import { readdir, readFile } from 'node:fs/promises';
import { survey } from '../models/survey';
import { filesSource } from '../pipeline/filesSource';
import type { ModelSource } from '../pipeline/source';

/** Test helpers around a folder as users bring it: external weights, vocab and merges, no manifest. Made by training/golden/own_model.py. */

export const OWN = 'workers/pipeline/golden/own';

/** Content by path, relative to the folder. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

export async function filesIn(folder: string): Promise<Files> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => {
      const path = `${parentPath}/${name}`;
      return [path.slice(folder.length + 1), new Uint8Array(await readFile(path))] as const;
    });
  return new Map(await Promise.all(files));
}

/** The folder read as the page reads it. @throws EvenhandError what survey throws. */
export async function sourceOf(files: Files, name = 'own'): Promise<ModelSource> {
  const found = [...files].map(([path, bytes]) => ({ path, file: new Blob([bytes]) }));
  return filesSource((await survey('key', name, found)).place);
}
