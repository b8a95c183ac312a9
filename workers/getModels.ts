import * as Comlink from 'comlink';
import { reportOf } from '../src/core/errors';
import { storageError } from './models/disk';
import { openOpfs } from './models/opfs';
import { createModelStore, type ModelStore } from './models/store';
import { survey } from './models/survey';
import type { DownloadProgress, FolderFile, Offer, StoredModel, SurveyedModel } from './models/types';
import type { LoadProgress, Result } from './protocol';

/**
 * The worker that gets models: it asks hubs, downloads, hashes and reads headers, while the engine's worker goes on with what is
 * loaded. Functions passed in are comlink proxies.
 */
export interface ModelGetter {
  offer(text: string, ownOrigin: string): Promise<Result<Offer>>;
  download(offer: Offer, onProgress: (progress: DownloadProgress) => void): Promise<Result<StoredModel>>;
  resume(id: string, onProgress: (progress: DownloadProgress) => void): Promise<Result<StoredModel>>;
  /** The download under way ends; what came is kept. */
  stop(): void;
  list(): Promise<Result<readonly StoredModel[]>>;
  remove(id: string): Promise<Result<null>>;
  open(id: string): Promise<Result<SurveyedModel>>;
  survey(
    key: string,
    name: string,
    files: readonly FolderFile[],
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Result<SurveyedModel>>;
}

let opening: Promise<ModelStore> | undefined;
let downloading: AbortController | undefined;

function store(): Promise<ModelStore> {
  opening ??= openOpfs().then(
    (disk) => createModelStore({ disk, fetch: (...asked) => fetch(...asked) }),
    (error: unknown) => {
      opening = undefined;
      throw storageError(error);
    },
  );
  return opening;
}

async function asResult<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: reportOf(error) };
  }
}

async function bringing<T>(work: (own: ModelStore, signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  downloading?.abort();
  downloading = controller;
  try {
    return await work(await store(), controller.signal);
  } finally {
    if (downloading === controller) downloading = undefined;
  }
}

const getter: ModelGetter = {
  offer: (text, ownOrigin) => asResult(async () => (await store()).offer(text, ownOrigin)),
  download: (offer, onProgress) =>
    asResult(() => bringing((own, signal) => own.download(offer, onProgress, signal))),
  resume: (id, onProgress) => asResult(() => bringing((own, signal) => own.resume(id, onProgress, signal))),
  stop() {
    downloading?.abort();
  },
  list: () => asResult(async () => (await store()).list()),
  remove: (id) =>
    asResult(async () => {
      await (await store()).remove(id);
      return null;
    }),
  open: (id) => asResult(async () => (await store()).open(id)),
  survey: (key, name, files, onProgress) => asResult(() => survey(key, name, files, { onProgress })),
};

Comlink.expose(getter);
