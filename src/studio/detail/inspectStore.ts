import { createStore } from 'zustand/vanilla';
import type { InspectedImage, InspectProgress } from '../../../workers/inspect/types';
import type { Result } from '../../../workers/protocol';
import type { ErrorReport } from '../../core/errors';

/** What is known of one image beyond its pixels, while its detail is open. */
export type Inspection =
  | { readonly status: 'running'; readonly progress: InspectProgress | null }
  | { readonly status: 'done'; readonly data: InspectedImage }
  | { readonly status: 'stopped' }
  | { readonly status: 'failed'; readonly error: ErrorReport };

export interface ImageKey {
  readonly laneId: string;
  readonly index: number;
}

export type Inspect = (
  laneId: string,
  index: number,
  onProgress: (progress: InspectProgress) => void,
) => Promise<Result<InspectedImage>>;

export interface InspectState {
  readonly known: Readonly<Record<string, Inspection>>;
  /** Looks into these images, one after the other, and into none that is known; stops at the first that fails. */
  inspect(images: readonly ImageKey[], by: Inspect): Promise<void>;
  /** Forgets everything: an inspection holds a megabyte. */
  clear(): void;
}

export const inspectionKey = ({ laneId, index }: ImageKey): string => `${laneId}/${index}`;

export type InspectStore = ReturnType<typeof createInspectStore>;

export function createInspectStore() {
  return createStore<InspectState>()((set, get) => {
    /** Bumped by clear, so that what comes in late is not kept. */
    let round = 0;
    const put = (key: string, inspection: Inspection, own: number) => {
      if (own === round) set(({ known }) => ({ known: { ...known, [key]: inspection } }));
    };
    return {
      known: {},
      async inspect(images, by) {
        const own = round;
        for (const image of images) {
          const key = inspectionKey(image);
          const { status } = get().known[key] ?? {};
          if (status === 'done' || status === 'running' || own !== round) continue;
          put(key, { status: 'running', progress: null }, own);
          const answer = await by(image.laneId, image.index, (progress) =>
            put(key, { status: 'running', progress }, own),
          );
          put(key, outcomeOf(answer), own);
          if (!answer.ok) return;
        }
      },
      clear() {
        round++;
        set({ known: {} });
      },
    };
  });
}

function outcomeOf(answer: Result<InspectedImage>): Inspection {
  if (answer.ok) return { status: 'done', data: answer.value };
  return answer.error.code === 'cancelled'
    ? { status: 'stopped' }
    : { status: 'failed', error: answer.error };
}

export const inspectStore: InspectStore = createInspectStore();
