import type { Studio } from '../studio/session';

/** Compares this device's numbers with the CPU's, keeps the answer for the engine badge, and warns when they differ. */
export async function checkDevice({ client, engine, notices }: Studio): Promise<void> {
  const { checking, checked } = engine.getState();
  checking();
  const answer = await client.checkDevice();
  checked(answer);
  if (!answer.ok) notices.getState().report(answer.error, 'warning');
  else if (!answer.value.agrees) {
    notices.getState().report(
      {
        code: 'numerics-wrong',
        message:
          'This graphics device computes other numbers than the CPU does, so its pictures and charts cannot be trusted.',
        nextStep: 'Choose the CPU (wasm) under More.',
        detail: `largest difference: latent ${answer.value.latent}, colour ${answer.value.pixel} of 256`,
      },
      'error',
    );
  }
}

/**
 * Checks a graphics device by itself as soon as the model stands on it, before anything is charted. A software adapter takes a
 * minute for it and is used by nobody but tests, so there it waits for a press in the engine badge.
 */
export function checkOnceReady(studio: Studio): void {
  let seen: unknown;
  studio.engine.subscribe(({ status }) => {
    if (status.phase !== 'ready' || status.info === seen) return;
    seen = status.info;
    const { backend, adapter } = status.info.backend;
    if (backend === 'webgpu' && adapter?.software !== true) void checkDevice(studio);
  });
}
