import { deviceFacts } from '../../../workers/device/facts';
import type { Studio } from '../../studio/session';
import { type BroughtHost, type BroughtStore, createBroughtStore, type Quota } from './broughtStore';
import { rememberedFolders } from './folderKeep';
import { lazyGetter } from './getter';

/** The brought models of one studio, on this browser's storage and device. */
export function broughtModelsOf(studio: Studio): BroughtStore {
  const { settings } = studio;
  const host: BroughtHost = {
    getter: lazyGetter(),
    device: deviceFacts,
    folders: rememberedFolders,
    quota: quotaHere,
    persist: async () => (await navigator.storage?.persist?.()) ?? false,
    ownOrigin: location.origin,
    backend: () => settings.getState().backend,
    async openModel(model, { backend, mostPerBatch }, onProgress) {
      const before = settings.getState();
      settings.getState().change({ backend });
      const answer = await studio.openModel(model, onProgress);
      if (!answer.ok) settings.getState().change({ backend: before.backend });
      else if (mostPerBatch !== null && before.batchSize > mostPerBatch) {
        settings.getState().change({ batchSize: mostPerBatch });
      }
      return answer;
    },
    openEmbedded: (onProgress) => studio.openEmbedded(onProgress),
    perceiveWith: (pack, onProgress) => studio.perceiveWith(pack, onProgress),
    cancelOpening: () => studio.cancelOpening(),
  };
  return createBroughtStore(host);
}

async function quotaHere(): Promise<Quota | null> {
  // Insecure pages have no storage manager.
  const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
  if (usage === undefined || quota === undefined) return null;
  return { usage, quota, persisted: (await navigator.storage.persisted?.()) ?? false };
}
