import { EvenhandError } from '../../src/core/errors';

/**
 * Lets waiting messages (a cancel) in before the next step. A message channel and not setTimeout, which browsers
 * stretch to 4 ms when nested; not a promise, which never leaves the current task.
 */
export function yieldToEvents(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** @throws EvenhandError 'cancelled'. */
export function stopIfCancelled(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new EvenhandError(
    'cancelled',
    'The run was stopped.',
    'Finished images are kept; press Generate to start anew.',
  );
}
