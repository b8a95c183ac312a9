import { proxy, wrap } from 'comlink';
import type { ModelGetter } from '../../../workers/getModels';

/** The worker that gets models, as the page holds it. */
export type Getter = {
  readonly [K in keyof ModelGetter]: (
    ...args: Parameters<ModelGetter[K]>
  ) => Promise<Awaited<ReturnType<ModelGetter[K]>>>;
};

/** Started at the first call: most visits bring no model. */
export function lazyGetter(): () => Getter {
  let getter: Getter | undefined;
  return () => {
    getter ??= spawnGetter();
    return getter;
  };
}

function spawnGetter(): Getter {
  const worker = new Worker(new URL('../../../workers/getModels.ts', import.meta.url), { type: 'module' });
  const remote = wrap<ModelGetter>(worker);
  return {
    offer: (text, ownOrigin) => remote.offer(text, ownOrigin),
    download: (offer, onProgress) => remote.download(offer, proxy(onProgress)),
    resume: (id, onProgress) => remote.resume(id, proxy(onProgress)),
    stop: () => remote.stop(),
    list: () => remote.list(),
    remove: (id) => remote.remove(id),
    open: (id) => remote.open(id),
    survey: (key, name, files, onProgress) => remote.survey(key, name, files, proxy(onProgress)),
  };
}
