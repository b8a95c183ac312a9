import type { ImageResult } from '../../../workers/protocol';
import type { RunData, RunHeader } from '../run/runStore';

/** Runs that outlive the page. One interface, two keepers: IndexedDB, and memory where that is not to be had. */
export interface Archive {
  saveRun(run: StoredRun): Promise<void>;
  saveImage(image: StoredImage): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly StoredRun[]>;
  /** All images of a run; at most `limit` where one is given. */
  images(runId: string, limit?: number): Promise<readonly StoredImage[]>;
  remove(runId: string): Promise<void>;
}

export interface StoredRun extends RunHeader, Pick<RunData, 'status' | 'notes' | 'error' | 'timings'> {
  /** Images made so far, over all lanes. */
  readonly made: number;
}

export interface StoredImage extends Omit<ImageResult, 'pixels'> {
  readonly runId: string;
  /** The picture with its metadata inside, as it is saved to disk. */
  readonly png: Uint8Array<ArrayBuffer>;
}

/** Keeps runs for as long as the page is open. */
export class MemoryArchive implements Archive {
  readonly #runs = new Map<string, StoredRun>();
  readonly #images = new Map<string, StoredImage[]>();

  async saveRun(run: StoredRun): Promise<void> {
    this.#runs.set(run.id, run);
  }

  async saveImage(image: StoredImage): Promise<void> {
    const others = (this.#images.get(image.runId) ?? []).filter(
      ({ laneId, index }) => laneId !== image.laneId || index !== image.index,
    );
    this.#images.set(image.runId, [...others, image]);
  }

  async list(): Promise<readonly StoredRun[]> {
    return [...this.#runs.values()].sort((a, b) => b.createdAt - a.createdAt);
  }

  async images(runId: string, limit = Number.POSITIVE_INFINITY): Promise<readonly StoredImage[]> {
    return (this.#images.get(runId) ?? []).slice(0, limit);
  }

  async remove(runId: string): Promise<void> {
    this.#runs.delete(runId);
    this.#images.delete(runId);
  }
}
