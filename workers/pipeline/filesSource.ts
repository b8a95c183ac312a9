import type { ModelPlace } from '../models/types';
import { missingFile } from './fileErrors';
import { MANIFEST } from './manifest';
import type { ModelSource } from './source';

/** A model whose files the browser holds: a folder that the user opened, or a download that is kept. Nothing is fetched. */
export function filesSource(place: Extract<ModelPlace, { kind: 'files' }>): ModelSource {
  const files = new Map(place.files.map(({ path, file }) => [path, file]));
  return {
    name: place.name,
    async read(path, onBytes) {
      if (path === MANIFEST) return new TextEncoder().encode(place.manifest);
      const file = files.get(path);
      if (!file) throw missingFile(path, place.name, 'it is not in the folder');
      let bytes: Uint8Array;
      try {
        bytes = new Uint8Array(await file.arrayBuffer());
      } catch (cause) {
        throw missingFile(path, place.name, 'it was moved or changed after the folder was opened', { cause });
      }
      onBytes?.(bytes.length);
      return bytes;
    },
  };
}
