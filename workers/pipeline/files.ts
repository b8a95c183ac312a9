import { createSHA256 } from 'hash-wasm';
import type { EvenhandError } from '../../src/core/errors';
import type { LoadProgress } from '../protocol';
import { corruptFile, missingFile } from './fileErrors';
import type { Manifest, ManifestEntry } from './manifest';
import type { ModelSource } from './source';

/** Files of a model that were read whole and match their SHA-256. */
export interface ModelFiles {
  /** @throws EvenhandError 'model-missing' when the manifest does not list it. */
  bytes(path: string): Uint8Array;
  has(path: string): boolean;
  /** Frees the bytes of a file that is no longer needed (a graph that has been opened). */
  drop(path: string): void;
}

/** Browsers open six connections to an origin; four leave room for the page's own files. */
const PARALLEL = 4;

/**
 * Reads those of the wanted files that the manifest lists, each checked by length and SHA-256.
 * A kept copy that fails the check is fetched anew, and so is a first download that fails it: only when the origin itself
 * sends the wrong bytes past every cache is the file called damaged.
 * @throws EvenhandError 'model-missing' or 'model-corrupt', naming the file.
 */
export async function loadFiles(
  source: ModelSource,
  manifest: Pick<Manifest, 'files'>,
  wanted: readonly string[],
  onProgress: (progress: LoadProgress) => void,
): Promise<ModelFiles> {
  const entries = manifest.files.filter(({ path }) => wanted.includes(path));
  const totalBytes = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const found = new Map<string, Uint8Array>();
  let loadedBytes = 0;

  async function load(entry: ManifestEntry) {
    let own = 0;
    const report = (count: number, stage: LoadProgress['stage'] = 'download') => {
      // A file that has to be fetched twice must not count twice.
      const counted = Math.min(count, entry.bytes - own);
      own += counted;
      loadedBytes += counted;
      onProgress({ stage, file: entry.path, loadedBytes, totalBytes });
    };
    const bytes = await readChecked(source, entry, report);
    report(entry.bytes - own, 'verify');
    found.set(entry.path, bytes);
  }

  const waiting = [...entries];
  const lane = async () => {
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) await load(entry);
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));

  return {
    bytes(path) {
      const bytes = found.get(path);
      if (!bytes) throw missingFile(path, source.name, 'its manifest does not list it');
      return bytes;
    },
    has: (path) => found.has(path),
    drop: (path) => {
      found.delete(path);
    },
  };
}

async function readChecked(source: ModelSource, entry: ManifestEntry, onBytes: (count: number) => void) {
  const kept = await source.readKept?.(entry.path, entry.sha256);
  if (kept && !(await fault(entry, kept))) return kept;

  let bytes = await source.read(entry.path, onBytes);
  if (await fault(entry, bytes)) bytes = await source.read(entry.path, onBytes, true);
  const damage = await fault(entry, bytes);
  if (damage) throw damage;
  await source.keep?.(entry.path, entry.sha256, bytes);
  return bytes;
}

/** What is wrong with these bytes, or undefined. */
async function fault(entry: ManifestEntry, bytes: Uint8Array): Promise<EvenhandError | undefined> {
  if (bytes.length !== entry.bytes) {
    return corruptFile(entry.path, `it has ${bytes.length} bytes where its manifest says ${entry.bytes}`);
  }
  const hash = (await createSHA256()).update(bytes).digest('hex');
  return hash === entry.sha256
    ? undefined
    : corruptFile(entry.path, 'its content does not match the SHA-256 in its manifest');
}
