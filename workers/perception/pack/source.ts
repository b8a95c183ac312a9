import type { PackSource } from './open';
import type { PackPlace } from './types';

/** A folder that the user opened. */
export function packSource({ name, files }: PackPlace): PackSource {
  const all = new Map(files.map(({ path, file }) => [path, file]));
  return {
    name,
    has: (path) => all.has(path),
    async read(path) {
      return new Uint8Array(await all.get(path)!.arrayBuffer());
    },
  };
}
