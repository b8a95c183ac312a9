import { EvenhandError } from '../../src/core/errors';

/** One file that is being written, from its beginning on. */
export interface Target {
  readonly size: number;
  /** @returns at most so many bytes from there on. */
  read(at: number, length: number): Uint8Array;
  /** @throws DOMException 'QuotaExceededError' when the storage is full; what was there stays. */
  append(bytes: Uint8Array): void;
  /** Empties it. */
  clear(): void;
  /** Everything written so far outlives the page. */
  close(): void;
}

/** Folders of files in this browser, one for each model: opfs.ts in the page's worker, a map in tests. */
export interface Disk {
  /** Names of the folders. */
  list(): Promise<readonly string[]>;
  /** Opens a file for writing, creating it. @throws DOMException 'NoModificationAllowedError' while someone else has it open. */
  open(folder: string, path: string): Promise<Target>;
  /** undefined where there is none. */
  file(folder: string, path: string): Promise<Blob | undefined>;
  remove(folder: string): Promise<void>;
}

export const isStorageFull = (error: unknown): boolean =>
  error instanceof Error && error.name === 'QuotaExceededError';

/** Gives what a browser throws about its storage the words that users see. @param what is kept there, e.g. a model's name. */
export function storageError(error: unknown, what = 'models'): unknown {
  const name = error instanceof Error ? error.name : '';
  if (error instanceof EvenhandError) return error;
  if (isStorageFull(error)) {
    return new EvenhandError(
      'storage-full',
      `The browser has no room left for ${what}.`,
      'Delete past runs or free disk space, then try again.',
      { cause: error },
    );
  }
  if (name === 'NoModificationAllowedError') {
    return new EvenhandError(
      'storage-unavailable',
      `${what} is being downloaded or used in another tab.`,
      'Close that tab, or wait until it is done there.',
      { cause: error },
    );
  }
  if (!(error instanceof DOMException || error instanceof TypeError)) return error;
  return new EvenhandError(
    'storage-unavailable',
    `This browser does not let the page keep ${what} (a private window, or storage is blocked).`,
    'Open the model from a folder instead; that works without storage.',
    { cause: error },
  );
}
