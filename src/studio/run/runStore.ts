import { createStore } from 'zustand/vanilla';
import type {
  AttributeInfo,
  ImageResult,
  LoadProgress,
  RunEvent,
  RunRequest,
  RunTimings,
} from '../../../workers/protocol';
import type { ErrorReport } from '../../core/errors';
import { addImage, emptyTally, type Tally } from './tally';

/** What a run was asked for and on what; never changes after it began. */
export interface RunHeader {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly model: { readonly id: string; readonly title: string; readonly hash: string };
  readonly attributes: readonly AttributeInfo[];
  /** The perception pack that read the pictures; absent: what the model brings itself. */
  readonly readBy?: { readonly title: string; readonly hash: string };
  readonly backend: string;
  readonly request: RunRequest;
}

export type RunStatus = 'running' | 'done' | 'cancelled' | 'failed';

/** One finished image without its pixels; they live in the PNG. */
export type Shot = Omit<ImageResult, 'pixels'> & {
  /** null while the PNG is being packed. */
  readonly png: { readonly bytes: Uint8Array<ArrayBuffer>; readonly url: string } | null;
};

export interface Preview {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

export interface LaneRun {
  /** By position in request.seeds; a gap is an image that does not exist (yet). */
  readonly shots: readonly (Shot | undefined)[];
  readonly tally: Tally;
  readonly error: ErrorReport | null;
}

export type Progress = Extract<RunEvent, { type: 'progress' }>;

export interface RunData {
  readonly header: RunHeader | null;
  readonly status: RunStatus;
  readonly lanes: Readonly<Record<string, LaneRun>>;
  /** Keyed by previewKey; gone once the image is there. */
  readonly previews: Readonly<Record<string, Preview>>;
  readonly progress: Progress | null;
  /** What is being fetched before the drawing can begin. */
  readonly loading: LoadProgress | null;
  readonly notes: readonly string[];
  readonly error: ErrorReport | null;
  readonly timings: RunTimings | null;
  readonly cancelling: boolean;
}

export interface RunState extends RunData {
  begin(header: RunHeader): void;
  /** Shows a stored run; its shots are added one by one with addShot. */
  restore(header: RunHeader, rest: Pick<RunData, 'status' | 'notes' | 'error' | 'timings'>): void;
  addShot(shot: Shot): void;
  setPng(laneId: string, index: number, png: NonNullable<Shot['png']>): void;
  setPreview(laneId: string, index: number, preview: Preview): void;
  setProgress(progress: Progress): void;
  setLoading(loading: LoadProgress): void;
  addNote(text: string): void;
  failLane(laneId: string, error: ErrorReport): void;
  setCancelling(): void;
  end(status: RunStatus, timings: RunTimings | null, error: ErrorReport | null): void;
  clear(): void;
}

export const previewKey = (laneId: string, index: number): string => `${laneId}/${index}`;

const NOTHING: RunData = {
  header: null,
  status: 'done',
  lanes: {},
  previews: {},
  progress: null,
  loading: null,
  notes: [],
  error: null,
  timings: null,
  cancelling: false,
};

export type RunStore = ReturnType<typeof createRunStore>;

export function createRunStore() {
  return createStore<RunState>()((set, get) => {
    const releasePictures = () => {
      for (const lane of Object.values(get().lanes)) {
        for (const shot of lane.shots) if (shot?.png) URL.revokeObjectURL(shot.png.url);
      }
    };
    const changeLane = (laneId: string, change: (lane: LaneRun) => LaneRun) =>
      set(({ lanes }) => {
        const lane = lanes[laneId];
        return lane ? { lanes: { ...lanes, [laneId]: change(lane) } } : {};
      });
    return {
      ...NOTHING,
      begin: (header) => {
        releasePictures();
        set({ ...NOTHING, header, status: 'running', lanes: emptyLanes(header) });
      },
      restore: (header, rest) => {
        releasePictures();
        set({ ...NOTHING, header, lanes: emptyLanes(header), ...rest });
      },
      addShot: (shot) => {
        const attributes = get().header?.attributes ?? [];
        changeLane(shot.laneId, (lane) =>
          lane.shots[shot.index]
            ? lane
            : {
                ...lane,
                shots: lane.shots.with(shot.index, shot),
                tally: addImage(lane.tally, shot.people, attributes),
              },
        );
        set(({ previews }) => {
          const { [previewKey(shot.laneId, shot.index)]: _gone, ...others } = previews;
          return { previews: others };
        });
      },
      setPng: (laneId, index, png) =>
        changeLane(laneId, (lane) => {
          const shot = lane.shots[index];
          return shot ? { ...lane, shots: lane.shots.with(index, { ...shot, png }) } : lane;
        }),
      setPreview: (laneId, index, preview) =>
        set(({ previews }) => ({ previews: { ...previews, [previewKey(laneId, index)]: preview } })),
      setProgress: (progress) => set({ progress, loading: null }),
      setLoading: (loading) => set({ loading }),
      addNote: (text) => set(({ notes }) => (notes.includes(text) ? {} : { notes: [...notes, text] })),
      failLane: (laneId, error) => changeLane(laneId, (lane) => ({ ...lane, error })),
      setCancelling: () => set({ cancelling: true }),
      end: (status, timings, error) =>
        set({ status, timings, error, progress: null, loading: null, previews: {}, cancelling: false }),
      clear: () => {
        releasePictures();
        set(NOTHING);
      },
    };
  });
}

function emptyLanes({ request, attributes }: RunHeader): Readonly<Record<string, LaneRun>> {
  return Object.fromEntries(
    request.lanes.map((lane) => [
      lane.id,
      {
        shots: new Array<Shot | undefined>(request.seeds.length).fill(undefined),
        tally: emptyTally(attributes),
        error: null,
      },
    ]),
  );
}

/** Images there are and images asked for. */
export function countImages({ header, lanes }: Pick<RunData, 'header' | 'lanes'>): {
  made: number;
  asked: number;
} {
  const made = Object.values(lanes).reduce((sum, lane) => sum + lane.tally.images, 0);
  return { made, asked: header ? header.request.lanes.length * header.request.seeds.length : 0 };
}
