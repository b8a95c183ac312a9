import { type ErrorReport, reportOf } from '../../core/errors';
import type { Archive, StoredImage, StoredRun } from './archive';

/**
 * Writes a run down while it happens: the run first, each image as it arrives, the end at the end. One write at a
 * time. The first failure is reported once and ends the writing; the run itself goes on in memory.
 */
export class Recorder {
  #tail: Promise<void> = Promise.resolve();
  #broken = false;

  constructor(
    private readonly archive: Archive,
    private readonly onTrouble: (report: ErrorReport) => void,
  ) {}

  run(run: StoredRun): void {
    this.#enqueue(() => this.archive.saveRun(run));
  }

  image(image: StoredImage): void {
    this.#enqueue(() => this.archive.saveImage(image));
  }

  /** Settles when everything asked for so far is written, or writing has failed. */
  settled(): Promise<void> {
    return this.#tail;
  }

  #enqueue(write: () => Promise<void>): void {
    this.#tail = this.#tail.then(async () => {
      if (this.#broken) return;
      try {
        await write();
      } catch (error) {
        this.#broken = true;
        this.onTrouble(reportOf(error));
      }
    });
  }
}
