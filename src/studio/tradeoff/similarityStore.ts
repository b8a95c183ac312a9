import { wrap } from 'comlink';
import { createStore } from 'zustand/vanilla';
import { type ErrorReport, reportOf } from '../../core/errors';
import type { SimilaritySurface } from './similarity.worker';

/** Two pictures of one seed: the base model's and another lane's. */
export interface PicturePair {
  /** Names the run, both lanes and the position, so that a pair is compared once. */
  readonly key: string;
  readonly base: Uint8Array<ArrayBuffer>;
  readonly other: Uint8Array<ArrayBuffer>;
}

export type Compare = (a: Uint8Array<ArrayBuffer>, b: Uint8Array<ArrayBuffer>) => Promise<number>;

export interface SimilarityState {
  /** SSIM by key of the pair. */
  readonly values: Readonly<Record<string, number>>;
  readonly error: ErrorReport | null;
  /** Compares those of these pairs that are not known yet, one after the other, and forgets all others. */
  want(pairs: readonly PicturePair[]): void;
}

export type SimilarityStore = ReturnType<typeof createSimilarityStore>;

export function createSimilarityStore(compare: Compare = compareInWorker()) {
  let wanted: readonly PicturePair[] = [];
  let working = false;
  return createStore<SimilarityState>()((set, get) => {
    const next = () => wanted.find(({ key }) => get().values[key] === undefined);
    const work = async () => {
      working = true;
      try {
        for (let pair = next(); pair; pair = next()) {
          const { key, base, other } = pair;
          const value = await compare(base, other);
          set(({ values }) => ({ values: { ...values, [key]: value } }));
        }
      } catch (error) {
        set({ error: reportOf(error) });
      } finally {
        working = false;
      }
    };
    return {
      values: {},
      error: null,
      want: (pairs) => {
        wanted = pairs;
        const keys = new Set(pairs.map(({ key }) => key));
        const { values } = get();
        const stale = Object.keys(values).some((key) => !keys.has(key));
        const kept = Object.fromEntries(Object.entries(values).filter(([key]) => keys.has(key)));
        if (stale || get().error) set({ values: kept, error: null });
        if (!working && next()) void work();
      },
    };
  });
}

/** The worker starts with the first comparison. */
function compareInWorker(): Compare {
  let remote: ReturnType<typeof wrap<SimilaritySurface>> | undefined;
  return (a, b) => {
    remote ??= wrap<SimilaritySurface>(
      new Worker(new URL('./similarity.worker.ts', import.meta.url), { type: 'module' }),
    );
    return remote.ssimOf(a, b);
  };
}

/** One for the page: what was compared stays known while other tabs are looked at. */
export const similarityStore: SimilarityStore = createSimilarityStore();
