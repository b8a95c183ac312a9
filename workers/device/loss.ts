import { EvenhandError } from '../../src/core/errors';

/** Ends waiting for work that will never answer because its device is gone. */
export type LossGuard = <T>(work: Promise<T>) => Promise<T>;

/** A run fails on a lost device (its buffers cannot be mapped) before the browser has told that the device is lost. */
const GRACE_MS = 100;

/**
 * Not Promise.race with one long-lived promise: that one would hold on to the result of every run there ever was
 * (https://github.com/nodejs/node/issues/17469).
 * @param lost settles with the browser's message when the device is lost. @returns work passed through it rejects with
 * 'device-lost' from then on.
 */
export function createLossGuard(lost: Promise<string>): LossGuard {
  const waiting = new Set<(error: EvenhandError) => void>();
  let loss: EvenhandError | undefined;
  lost.then((message) => {
    loss = deviceLost(message);
    for (const reject of waiting) reject(loss);
    waiting.clear();
  });
  return (work) =>
    new Promise((resolve, reject) => {
      if (loss) reject(loss);
      waiting.add(reject);
      const fail = async (error: unknown) => {
        await pause(GRACE_MS);
        reject(loss ?? error);
      };
      work.then(resolve, fail).finally(() => waiting.delete(reject));
    });
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function deviceLost(message: string): EvenhandError {
  return new EvenhandError(
    'device-lost',
    'The GPU stopped answering or was taken away while it was working.',
    'Finished images are kept. Press Generate again: the model is put on the GPU anew.',
    { cause: message },
  );
}
