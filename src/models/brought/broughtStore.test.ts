import { describe, expect, it } from 'vitest';
import type { DownloadProgress, Offer, SurveyedModel } from '../../../workers/models/types';
import type { LoadProgress, ModelInfo, Result } from '../../../workers/protocol';
import type { ErrorReport } from '../../core/errors';
import { type BroughtHost, createBroughtStore } from './broughtStore';
import type { Getter } from './getter';

const failure: ErrorReport = { code: 'model-corrupt', message: 'It is damaged.', nextStep: 'Get it anew.' };
const progress: LoadProgress = { stage: 'verify', file: 'unet/model.onnx', loadedBytes: 1, totalBytes: 2 };
const surveyed: SurveyedModel = {
  place: { kind: 'files', key: 'o--n--c#hash', name: 'mine', manifest: '{}', files: [], float16: false },
  needs: { graphs: [], latent: [8, 8], heads: null },
  totalBytes: 5,
};
const offer: Offer = {
  id: 'o--n--c',
  address: { hub: 'https://hub', repo: 'o/n', revision: 'main', folder: '' },
  commit: 'c'.repeat(40),
  files: [],
  heldBytes: 0,
};

function storeWith(getter: Partial<Getter> = {}, host: Partial<BroughtHost> = {}) {
  const opened: string[] = [];
  const store = createBroughtStore({
    getter: () => ({
      offer: async () => ({ ok: true, value: offer }),
      download: async () => ({ ok: false, error: failure }),
      resume: async () => ({ ok: false, error: failure }),
      stop: async () => undefined,
      list: async () => ({ ok: true, value: [] }),
      remove: async () => ({ ok: true, value: null }),
      open: async () => ({ ok: true, value: surveyed }),
      survey: async () => ({ ok: true, value: surveyed }),
      ...getter,
    }),
    device: async () => ({ api: false, gpu: null, memoryGiB: 8 }),
    folders: async () => [],
    quota: async () => null,
    persist: async () => true,
    ownOrigin: 'https://own',
    backend: () => 'auto',
    openModel: async ({ place }, { backend }) => {
      opened.push(`${place.kind === 'files' ? place.name : ''} on ${backend}`);
      return { ok: true, value: {} as ModelInfo };
    },
    openEmbedded: async () => ({ ok: false, error: failure }),
    perceiveWith: async () => ({ ok: false, error: failure }),
    cancelOpening: () => undefined,
    ...host,
  });
  return { store, opened };
}

describe('models that are brought', () => {
  it('are read and held against the device first, and opened on a press', async () => {
    const { store, opened } = storeWith();
    await store.getState().openFolder(async () => ({ name: 'mine', files: [] }));
    expect(store.getState().candidate?.fit).toMatchObject({ backend: 'wasm', possible: true });
    expect(opened).toEqual([]);
    await store.getState().open('wasm');
    expect(opened).toEqual(['mine on wasm']);
    expect(store.getState().candidate).toBeNull();
  });

  it('leave no progress behind when some of it comes after the answer', async () => {
    let late: (progress: LoadProgress) => void = () => undefined;
    const survey: Getter['survey'] = async (_key, _name, _files, onProgress) => {
      late = onProgress;
      return { ok: true, value: surveyed };
    };
    const { store } = storeWith({ survey });
    await store.getState().openFolder(async () => ({ name: 'mine', files: [] }));
    late(progress);
    expect(store.getState().doing).toBeNull();
  });

  it('say what is wrong with them, be it told or thrown, and can be tried again', async () => {
    const { store } = storeWith({ survey: async () => ({ ok: false, error: failure }) });
    await store.getState().openFolder(async () => ({ name: 'mine', files: [] }));
    expect(store.getState()).toMatchObject({ error: failure, doing: null, candidate: null });
    await store.getState().openFolder(async () => {
      throw new RangeError('gone');
    });
    expect(store.getState()).toMatchObject({
      error: { code: 'internal', detail: 'RangeError: gone' },
      doing: null,
    });
  });

  it('stay on offer as candidates when the engine cannot open them', async () => {
    const openModel = async (): Promise<Result<ModelInfo>> => ({ ok: false, error: failure });
    const { store } = storeWith({}, { openModel });
    await store.getState().openStored(offer.id);
    await store.getState().open('wasm');
    expect(store.getState()).toMatchObject({ error: failure, candidate: { model: surveyed } });
  });

  it('are downloaded one at a time, and looked at once they are whole', async () => {
    let finish: () => void = () => undefined;
    let tell: (progress: DownloadProgress) => void = () => undefined;
    const downloads: string[] = [];
    const download: Getter['download'] = ({ id }, onProgress) => {
      downloads.push(id);
      tell = onProgress;
      return new Promise((resolve) => {
        finish = () =>
          resolve({ ok: true, value: { ...offer, createdAt: 0, totalBytes: 9, complete: true } });
      });
    };
    const { store } = storeWith({ download });
    await store.getState().lookUp('o/n');
    const [first, second] = [store.getState().bring(offer), store.getState().bring(offer)];
    await second;
    const state = { file: 'a', loadedBytes: 4, totalBytes: 9, remainingMs: null, waiting: false };
    tell(state);
    expect(store.getState().download).toEqual({ id: offer.id, progress: state });
    finish();
    await first;
    tell(state);
    expect(downloads).toEqual([offer.id]);
    expect(store.getState()).toMatchObject({ download: null, candidate: { model: surveyed } });
  });
});
