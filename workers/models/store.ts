import { EvenhandError } from '../../src/core/errors';
import { bytes as bytesText } from '../../src/ui/format';
import { readIndex } from '../pipeline/config';
import { missingFile } from '../pipeline/fileErrors';
import { parseAddress } from './address';
import { type Disk, isStorageFull, storageError } from './disk';
import { download, PATIENCE, type Patience } from './download';
import { lookUp, urlOf } from './hub';
import { addRecord, knownRecord, type ModelRecord, readRecord } from './record';
import { manifestText, survey } from './survey';
import type { DownloadProgress, Offer, StoredModel, SurveyedModel } from './types';

export interface StoreHost {
  readonly disk: Disk;
  readonly fetch: typeof fetch;
  readonly patience?: Patience;
}

/** The models of hubs that are kept in this browser. */
export interface ModelStore {
  /** Asks the hub what is there and fetches none of it. @throws EvenhandError, see address.ts and hub.ts. */
  offer(text: string, ownOrigin: string): Promise<Offer>;
  /**
   * Brings what is missing of an offer, file by file. Whatever ends it, what came is kept and is not fetched again.
   * @throws EvenhandError 'network-lost', 'storage-full', 'model-missing', 'model-corrupt', 'model-unsupported', 'cancelled'.
   */
  download(
    offer: Omit<Offer, 'heldBytes'>,
    onProgress: (progress: DownloadProgress) => void,
    signal: AbortSignal,
  ): Promise<StoredModel>;
  /** Goes on with a download by its id. */
  resume(
    id: string,
    onProgress: (progress: DownloadProgress) => void,
    signal: AbortSignal,
  ): Promise<StoredModel>;
  /** Newest first. */
  list(): Promise<readonly StoredModel[]>;
  remove(id: string): Promise<void>;
  /** @throws EvenhandError 'model-missing' for one that is not whole, or what survey throws. */
  open(id: string): Promise<SurveyedModel>;
}

export function createModelStore({ disk, fetch, patience = PATIENCE }: StoreHost): ModelStore {
  async function held(id: string, files: ModelRecord['files']): Promise<number> {
    const sizes = await Promise.all(files.map(async ({ path }) => (await disk.file(id, path))?.size ?? 0));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  async function storedOf(id: string, record: ModelRecord): Promise<StoredModel> {
    const { address, commit, createdAt, files, whole } = record;
    return {
      ...{ id, address, commit, createdAt },
      heldBytes: await held(id, files),
      totalBytes: files.reduce((sum, file) => sum + file.bytes, 0),
      complete: files.every(({ path }) => whole[path] !== undefined),
    };
  }

  async function bring(
    id: string,
    record: ModelRecord,
    onProgress: (progress: DownloadProgress) => void,
    signal: AbortSignal,
  ): Promise<StoredModel> {
    const { address, commit, files } = record;
    const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const pace = createPace();
    let loadedBytes = await held(id, files);
    let current = '';
    let waiting = false;
    const report = () => {
      const remainingMs = waiting ? null : pace.remaining(totalBytes - loadedBytes);
      onProgress({ file: current, loadedBytes, totalBytes, remainingMs, waiting });
    };
    const host = {
      ...{ fetch, patience, signal },
      onBytes(count: number) {
        loadedBytes += count;
        if (count > 0) pace.add(count);
        report();
      },
      onWaiting(now: boolean) {
        if (now === waiting) return;
        waiting = now;
        report();
      },
    };
    for (const file of files) {
      if (record.whole[file.path] !== undefined) continue;
      current = file.path;
      const target = await disk.open(id, file.path);
      try {
        record.whole[file.path] = await download(urlOf(address, commit, file.path), file, target, host);
      } finally {
        target.close();
      }
      if (file.path === 'model_index.json') await checkKind(await disk.file(id, file.path));
      await addRecord(disk, id, record);
    }
    return storedOf(id, record);
  }

  async function list(): Promise<readonly StoredModel[]> {
    const ids = await disk.list();
    const stored = await Promise.all(
      ids.map(async (id) => {
        const record = await readRecord(disk, id);
        return record && storedOf(id, record);
      }),
    );
    return stored.filter((model) => model !== undefined).sort((a, b) => b.createdAt - a.createdAt);
  }

  /** Gives the browser's own errors their words. */
  async function typed<T>(id: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (signal.aborted) {
        throw new EvenhandError(
          'cancelled',
          'The download was stopped.',
          'What came is kept: press Go on to have the rest.',
        );
      }
      throw isStorageFull(cause) ? noRoom(id, await list(), cause) : storageError(cause, id);
    }
  }

  return {
    async offer(text, ownOrigin) {
      const { commit, files, address } = await lookUp(parseAddress(text, ownOrigin), fetch);
      const id = idOf(address.repo, address.folder, commit);
      return { id, address, commit, files, heldBytes: await held(id, [...files]) };
    },
    download: ({ id, address, commit, files }, onProgress, signal) =>
      typed(id, signal, async () => {
        const known = await readRecord(disk, id);
        if (known) return bring(id, known, onProgress, signal);
        const fresh: ModelRecord = {
          ...{ version: 1, createdAt: Date.now(), address, commit, files: [...files], whole: {} },
        };
        await addRecord(disk, id, fresh);
        return bring(id, fresh, onProgress, signal);
      }),
    resume: (id, onProgress, signal) =>
      typed(id, signal, async () => bring(id, await knownRecord(disk, id), onProgress, signal)),
    list,
    remove: (id) => disk.remove(id),
    async open(id) {
      const record = await knownRecord(disk, id);
      const { address, commit, files, whole } = record;
      const name = nameOf(record);
      const rest = files.find(({ path }) => whole[path] === undefined);
      if (rest) throw missingFile(rest.path, name, 'its download is not finished');
      const present = await Promise.all(
        files.map(async ({ path }) => ({ path, file: await disk.file(id, path) })),
      );
      const found = present.flatMap(({ path, file }) => (file ? [{ path, file }] : []));
      const manifest = manifestText(
        // The commit is part of the model's identity.
        `${address.repo}@${commit}${address.folder && `/${address.folder.slice(0, -1)}`}`,
        address.repo,
        files.map(({ path, bytes }) => ({ path, bytes, sha256: whole[path] ?? '' })),
      );
      return survey(id, name, found, { manifest });
    },
  };
}

/** Finds another kind of pipeline before its weights are fetched. */
async function checkKind(file: Blob | undefined): Promise<void> {
  const content = new Uint8Array((await file?.arrayBuffer()) ?? []);
  readIndex({ bytes: () => content, has: () => true, drop: () => {} });
}

const nameOf = ({ address, commit }: Pick<StoredModel, 'address' | 'commit'>): string =>
  `${address.repo}@${commit.slice(0, 7)}`;

function idOf(repo: string, folder: string, commit: string): string {
  const inside = folder && `--${folder.slice(0, -1).replaceAll('/', '--')}`;
  return `${repo.replace('/', '--')}${inside}--${commit.slice(0, 12)}`;
}

/** Bytes a millisecond over the last seconds: a connection that changes its pace changes the forecast. */
function createPace(now: () => number = () => performance.now()) {
  const WINDOW_MS = 10_000;
  const seen: { at: number; count: number }[] = [];
  return {
    add(count: number) {
      const at = now();
      const last = seen.at(-1);
      // Ten entries a second are enough; chunks come by the hundred.
      if (last && at - last.at < 100) last.count += count;
      else seen.push({ at, count });
      while (seen[0] && at - seen[0].at > WINDOW_MS) seen.shift();
    },
    /** null within the first second. */
    remaining(bytes: number): number | null {
      const span = now() - (seen[0]?.at ?? now());
      if (span < 1000) return null;
      return (bytes * span) / seen.reduce((sum, { count }) => sum + count, 0);
    },
  };
}

/** Says how much is missing, and which other model takes the most. */
function noRoom(id: string, stored: readonly StoredModel[], cause: unknown): EvenhandError {
  const own = stored.find((model) => model.id === id);
  const [largest] = stored
    .filter((model) => model.id !== id)
    .toSorted((one, other) => other.heldBytes - one.heldBytes);
  const missing = own
    ? `: ${bytesText(own.heldBytes)} of ${bytesText(own.totalBytes)} are here, ${bytesText(own.totalBytes - own.heldBytes)} more are needed`
    : '';
  const other = largest
    ? `${nameOf(largest)} (${bytesText(largest.heldBytes)} in this browser)`
    : 'past runs';
  return new EvenhandError(
    'storage-full',
    `The browser has no room left for ${own ? nameOf(own) : id}${missing}.`,
    `Delete ${other} or free disk space, then ${own ? 'press Go on: what came is kept' : 'download it again'}.`,
    { cause },
  );
}
