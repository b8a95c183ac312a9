import { createStore } from 'zustand/vanilla';
import type { DeviceFacts } from '../../../workers/device/facts';
import { type Fit, fitOf } from '../../../workers/device/fit';
import type { DownloadProgress, Offer, StoredModel, SurveyedModel } from '../../../workers/models/types';
import type { PackPlace } from '../../../workers/perception/pack/types';
import type { BackendChoice, LoadProgress, ModelInfo, Result } from '../../../workers/protocol';
import { type ErrorReport, reportOf } from '../../core/errors';
import type { OpenedModel } from '../../studio/session';
import type { RememberedFolder } from './folderKeep';
import type { OpenedFolder } from './folders';
import type { Getter } from './getter';

/** As workers/perception/pack/manifest.ts has it; the page needs none of its schema. */
const PACK = 'pack.json';

export type ModelTab = 'card' | 'reader' | 'bias' | 'models';

/** A model that stands before the door: read, held against this device, not opened yet. */
export interface Candidate {
  readonly model: SurveyedModel;
  readonly device: DeviceFacts;
  readonly fit: Fit;
}

/** What of a model is being done, for the progress line. */
export interface Doing {
  readonly what: 'look-up' | 'read' | 'open';
  readonly name: string;
  readonly progress: LoadProgress | null;
}

/** Bytes; null where the browser does not tell. */
export interface Quota {
  readonly usage: number;
  readonly quota: number;
  /** The browser will not throw it away by itself. */
  readonly persisted: boolean;
}

/** Models that the user brings: the open drawer, what is looked at, what is kept. */
export interface BroughtState {
  /** Of the model drawer; null: it is closed. */
  readonly tab: ModelTab | null;
  readonly doing: Doing | null;
  readonly error: ErrorReport | null;
  readonly offer: Offer | null;
  readonly download: { readonly id: string; readonly progress: DownloadProgress | null } | null;
  readonly candidate: Candidate | null;
  /** null until they were read. */
  readonly stored: readonly StoredModel[] | null;
  readonly folders: readonly RememberedFolder[];
  readonly quota: Quota | null;
  showTab(tab: ModelTab | null): void;
  refresh(): Promise<void>;
  lookUp(text: string): Promise<void>;
  /** Brings what was offered, or goes on with a kept one by its id; then looks at it. */
  bring(what: Offer | string): Promise<void>;
  stopDownload(): void;
  remove(id: string): Promise<void>;
  persist(): Promise<void>;
  openStored(id: string): Promise<void>;
  /** A model's folder, which is then looked at, or a perception pack's, which is opened. @param read of the folder; what it throws is shown. */
  openFolder(read: () => Promise<OpenedFolder>): Promise<void>;
  /** Lets go of an offer or a candidate. */
  dismiss(): void;
  /** Opens the candidate. @param backend to be used from now on. */
  open(backend: BackendChoice): Promise<void>;
  openEmbedded(): Promise<void>;
  /** Lets go of the perception pack. */
  dropPack(): Promise<void>;
  cancelOpening(): void;
  fail(error: unknown): void;
}

export interface BroughtHost {
  readonly getter: () => Getter;
  readonly device: () => Promise<DeviceFacts>;
  readonly folders: () => Promise<readonly RememberedFolder[]>;
  readonly quota: () => Promise<Quota | null>;
  readonly persist: () => Promise<boolean>;
  readonly ownOrigin: string;
  readonly backend: () => BackendChoice;
  openModel(
    model: OpenedModel,
    choice: { readonly backend: BackendChoice; readonly mostPerBatch: number | null },
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Result<ModelInfo>>;
  openEmbedded(onProgress: (progress: LoadProgress) => void): Promise<Result<ModelInfo>>;
  /** @param pack null: pictures are read by what the model brings itself. */
  perceiveWith(
    pack: PackPlace | null,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<Result<ModelInfo>>;
  cancelOpening(): void;
}

export type BroughtStore = ReturnType<typeof createBroughtStore>;

export function createBroughtStore(host: BroughtHost) {
  return createStore<BroughtState>()((set, get) => {
    /** Runs one thing that shows its progress; its failure is shown, and the page goes on. */
    async function during<T>(
      doing: Omit<Doing, 'progress'>,
      work: (onProgress: (progress: LoadProgress) => void) => Promise<Result<T>>,
    ): Promise<T | undefined> {
      set({ doing: { ...doing, progress: null }, error: null });
      // Progress comes through another port than the answer, and may come after it.
      let over = false;
      try {
        const answer = await work((progress) => {
          if (!over) set({ doing: { ...doing, progress } });
        });
        if (answer.ok) return answer.value;
        set({ error: answer.error });
      } catch (error) {
        set({ error: reportOf(error) });
      } finally {
        over = true;
        set({ doing: null });
      }
      return undefined;
    }

    async function consider(model: SurveyedModel): Promise<void> {
      const device = await host.device();
      set({ candidate: { model, device, fit: fitOf(model.needs, device, host.backend()) }, offer: null });
    }

    return {
      tab: null,
      doing: null,
      error: null,
      offer: null,
      download: null,
      candidate: null,
      stored: null,
      folders: [],
      quota: null,
      showTab: (tab) => {
        set({ tab });
        if (tab === 'models') void get().refresh();
      },
      refresh: async () => {
        const [stored, folders, quota] = await Promise.all([
          host.getter().list(),
          host.folders(),
          host.quota(),
        ]);
        set({ folders, quota, stored: stored.ok ? stored.value : [] });
        if (!stored.ok) set({ error: stored.error });
      },
      lookUp: async (text) => {
        set({ offer: null, candidate: null });
        const offer = await during({ what: 'look-up', name: text }, () =>
          host.getter().offer(text, host.ownOrigin),
        );
        if (offer) set({ offer, quota: await host.quota() });
      },
      bring: async (what) => {
        const id = typeof what === 'string' ? what : what.id;
        if (get().download) return;
        set({ download: { id, progress: null }, error: null, offer: null });
        const onProgress = (progress: DownloadProgress) => {
          if (get().download?.id === id) set({ download: { id, progress } });
        };
        const answer = await (typeof what === 'string'
          ? host.getter().resume(what, onProgress)
          : host.getter().download(what, onProgress));
        set({ download: null });
        await get().refresh();
        if (answer.ok) await get().openStored(id);
        else if (answer.error.code !== 'cancelled') set({ error: answer.error });
      },
      stopDownload: () => void host.getter().stop(),
      remove: async (id) => {
        const answer = await host.getter().remove(id);
        if (!answer.ok) set({ error: answer.error });
        if (get().candidate?.model.place.key.startsWith(`${id}#`)) set({ candidate: null });
        await get().refresh();
      },
      persist: async () => {
        await host.persist();
        set({ quota: await host.quota() });
      },
      openStored: async (id) => {
        set({ candidate: null });
        const model = await during({ what: 'read', name: id }, () => host.getter().open(id));
        if (model) await consider(model);
      },
      openFolder: async (read) => {
        set({ candidate: null, offer: null });
        const folder = await during({ what: 'read', name: 'the folder' }, async () => ({
          ok: true,
          value: await read(),
        }));
        if (!folder) return;
        const { name, files } = folder;
        if (isPack(files)) {
          await during({ what: 'open', name }, (onProgress) =>
            host.perceiveWith({ name, files }, onProgress),
          );
          return;
        }
        const model = await during({ what: 'read', name }, (onProgress) =>
          host.getter().survey(name, name, files, onProgress),
        );
        if (model) await consider(model);
      },
      dismiss: () => set({ offer: null, candidate: null, error: null }),
      open: async (backend) => {
        const { candidate } = get();
        if (!candidate) return;
        const { model, device } = candidate;
        const { budget, mostPerBatch } = fitOf(model.needs, device, backend);
        const info = await during({ what: 'open', name: model.place.name }, (onProgress) =>
          host.openModel({ place: model.place, budget }, { backend, mostPerBatch }, onProgress),
        );
        if (info) set({ candidate: null });
      },
      openEmbedded: async () => {
        await during({ what: 'open', name: 'the embedded model' }, host.openEmbedded);
      },
      dropPack: async () => {
        await during({ what: 'open', name: 'the model’s own reader' }, (onProgress) =>
          host.perceiveWith(null, onProgress),
        );
      },
      cancelOpening: host.cancelOpening,
      fail: (error) => set({ error: reportOf(error) }),
    };
  });
}

/** A model may bring a pack along in its folder; by itself it is one. */
const isPack = (files: OpenedFolder['files']): boolean =>
  files.some(({ path }) => path === PACK) && !files.some(({ path }) => path.endsWith('model_index.json'));
