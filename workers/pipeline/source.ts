/** Where the files of a model come from: a URL (httpSource.ts), a folder on disk (folderSource.ts), a map in a test. */
export interface ModelSource {
  /** For messages: the URL or folder. */
  readonly name: string;
  /**
   * @param onBytes called with the number of bytes that arrived since the last call.
   * @param fresh ask the origin again, past every cache.
   * @throws EvenhandError 'model-missing' when the file is not there or cannot be reached.
   */
  read(path: string, onBytes?: (count: number) => void, fresh?: boolean): Promise<Uint8Array>;
  /** A copy that was kept on this device earlier under the same hash, or undefined. It is checked like any other. */
  readKept?(path: string, sha256: string): Promise<Uint8Array | undefined>;
  /** Keeps a checked file for the next visit. Failing to (storage full or blocked) is no error: the model still runs. */
  keep?(path: string, sha256: string, bytes: Uint8Array): Promise<void>;
}
