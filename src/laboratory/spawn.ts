import { proxy, wrap } from 'comlink';
import type { LaboratoryWorker } from '../../workers/laboratory/types';
import type { Laboratory } from './laboratoryStore';

/** The laboratory's own worker: a training must not stand in the way of the studio's engine. */
export function spawnLaboratory(): Laboratory {
  const worker = new Worker(new URL('../../workers/laboratory.ts', import.meta.url), { type: 'module' });
  const remote = wrap<LaboratoryWorker>(worker);
  const url = new URL('laboratory/digits.safetensors', document.baseURI).href;
  return {
    open: (settings, state) => remote.open(url, settings, state),
    run: (onReport) => remote.run(proxy(onReport)),
    pause: () => remote.pause(),
    state: () => remote.state(),
  };
}
