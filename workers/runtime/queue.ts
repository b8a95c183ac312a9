/** Runs jobs strictly one after another, in the order they were asked for; a job that fails holds up nothing. */
export type Queue = <T>(job: () => Promise<T>) => Promise<T>;

export function createQueue(): Queue {
  let tail: Promise<unknown> = Promise.resolve();
  return (job) => {
    const result = tail.then(job);
    tail = result.catch(() => undefined);
    return result;
  };
}

/**
 * Every call into ONNX Runtime of this realm goes through this one queue: with the WebGPU backend two overlapping
 * create() or run() calls, on one session or on two, hang forever or reject
 * (https://github.com/microsoft/onnxruntime/issues/32561).
 */
export const ortQueue: Queue = createQueue();
