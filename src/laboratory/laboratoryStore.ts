import { createStore } from 'zustand/vanilla';
import {
  type Both,
  type LaboratoryReport,
  type LaboratorySettings,
  type LaboratoryState,
  type Look,
  STEPS,
} from '../../workers/laboratory/types';
import type { Result } from '../../workers/protocol';
import { type ErrorReport, reportOf } from '../core/errors';
import { type Keep, type Kept, MemoryKeep } from '../studio/keep/keep';

/** The worker as the page holds it. */
export interface Laboratory {
  open(settings: LaboratorySettings, state?: LaboratoryState): Promise<Result<null>>;
  run(onReport: (report: LaboratoryReport) => void): Promise<Result<null>>;
  pause(): Promise<void>;
  state(): Promise<LaboratoryState>;
}

/** Of the curves: one report. */
export interface Point {
  readonly step: number;
  readonly errors: Both<number>;
  readonly indicators: Both<number>;
}

/** Of the shares: one look, without its pictures. */
export interface Shares {
  readonly step: number;
  readonly looks: Both<Pick<Look, 'counts' | 'unclear'>>;
}

/** What is known of the kept training without its numbers. */
export interface KeptTraining extends Kept {
  readonly settings: LaboratorySettings;
  readonly step: number;
  readonly points: readonly Point[];
  readonly shares: readonly Shares[];
}

export type Phase = 'idle' | 'opening' | 'running' | 'paused' | 'done';

export interface LaboratoryView {
  readonly settings: LaboratorySettings;
  readonly phase: Phase;
  readonly step: number;
  readonly points: readonly Point[];
  readonly shares: readonly Shares[];
  /** The latest look, with its pictures. */
  readonly looks: Both<Look> | null;
  readonly millisecondsPerStep: number | null;
  readonly problem: ErrorReport | null;
  /** A training of before, to go on with; null until the keep was read, and where there is none. */
  readonly kept: KeptTraining | null;
  /** False where it lasts only as long as the tab. */
  readonly lasting: boolean;
  use(keep: Keep<KeptTraining>, lasting: boolean): Promise<void>;
  change(settings: Partial<LaboratorySettings>): void;
  start(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Goes on with the kept training. */
  takeUp(): Promise<void>;
  /** Back to the settings; what is kept stays kept. */
  reset(): Promise<void>;
  forget(): Promise<void>;
}

export const FIRST: LaboratorySettings = { pair: 0, share: 0.9, alpha: 0.05, form: 'ddm', seed: 1 };
const KEPT = 'last';
/** Milliseconds between two savings while it trains: a closed tab loses no more. */
const SAVE_EVERY = 20_000;
/** Points of a curve; more are thinned out. */
const MOST_POINTS = 400;

const NOTHING = { step: 0, points: [], shares: [], looks: null, millisecondsPerStep: null } as const;

export type LaboratoryStore = ReturnType<typeof createLaboratoryStore>;

/** @param open makes the worker, at the first training. */
export function createLaboratoryStore(open: () => Laboratory) {
  let laboratory: Laboratory | undefined;
  let keep: Keep<KeptTraining> = new MemoryKeep();
  let savedAt = 0;
  /** Of the training that runs, or ran last. */
  let ended = Promise.resolve();

  return createStore<LaboratoryView>()((set, get) => {
    const fail = (error: unknown) =>
      set({
        phase: get().step > 0 ? 'paused' : 'idle',
        problem: 'code' in Object(error) ? (error as ErrorReport) : reportOf(error),
      });

    const save = async () => {
      if (!laboratory || get().step === 0) return;
      try {
        const { step, numbers } = await laboratory.state();
        const { settings, points, shares } = get();
        set({ step });
        const facts = { id: KEPT, name: 'Laboratory', createdAt: Date.now(), settings, step, points, shares };
        await keep.save(facts, new Uint8Array(numbers.buffer.slice(0)));
        set({ kept: facts });
      } catch (error) {
        set({ problem: reportOf(error) });
      }
    };

    const onReport = ({ step, errors, indicators, looks, millisecondsPerStep }: LaboratoryReport) => {
      const { points, shares } = get();
      const all = [...points, { step, errors, indicators }];
      set({
        step,
        millisecondsPerStep,
        points: all.length > MOST_POINTS ? all.filter((_, i) => i % 2 === 1) : all,
        ...(looks && { looks, shares: [...shares, { step, looks: withoutPictures(looks) }] }),
      });
      if (looks && Date.now() - savedAt > SAVE_EVERY) {
        savedAt = Date.now();
        void save();
      }
    };

    const train = async () => {
      set({ phase: 'running', problem: null });
      savedAt = Date.now();
      const answer = await laboratory!.run(onReport);
      if (!answer.ok) return fail(answer.error);
      await save();
      set({ phase: get().step >= STEPS ? 'done' : 'paused' });
    };
    const run = () => {
      ended = train().catch(fail);
      return ended;
    };
    /** Back when the last step is made and kept. */
    const halt = async () => {
      if (get().phase !== 'running') return;
      await laboratory?.pause();
      await ended;
    };

    const begin = async (state?: LaboratoryState) => {
      set({ phase: 'opening', problem: null });
      try {
        laboratory ??= open();
        const answer = await laboratory.open(get().settings, state);
        if (!answer.ok) return fail(answer.error);
        await run();
      } catch (error) {
        fail(error);
      }
    };

    return {
      ...NOTHING,
      settings: FIRST,
      phase: 'idle',
      problem: null,
      kept: null,
      lasting: false,
      async use(own, lasting) {
        keep = own;
        try {
          set({ lasting, kept: (await keep.list())[0] ?? null });
        } catch (error) {
          set({ problem: reportOf(error) });
        }
      },
      change: (settings) => set({ settings: { ...get().settings, ...settings } }),
      start: () => {
        set({ ...NOTHING });
        return begin();
      },
      pause: halt,
      resume: () => run(),
      async takeUp() {
        const { kept } = get();
        if (!kept) return;
        const file = await keep.read(KEPT).catch(() => undefined);
        const { settings, step, points, shares } = kept;
        set({ ...NOTHING, settings, step, points, shares });
        await begin({ step, numbers: new Float32Array(wholeNumbers(file)) });
        // A training that cannot be gone on with is no training.
        if (get().problem) set({ ...NOTHING, phase: 'idle' });
      },
      async reset() {
        await halt();
        set({ ...NOTHING, phase: 'idle', problem: null });
      },
      async forget() {
        await keep.remove(KEPT).catch(() => undefined);
        set({ kept: null });
      },
    };
  });
}

/** Bytes of a damaged file may not fill numbers: the worker then says that they are too few. */
function wholeNumbers(file: Uint8Array | undefined): ArrayBuffer {
  const bytes = file ?? new Uint8Array();
  return bytes.slice(0, bytes.length - (bytes.length % 4)).buffer as ArrayBuffer;
}

const withoutPictures = (looks: Both<Look>): Shares['looks'] => [
  { counts: looks[0].counts, unclear: looks[0].unclear },
  { counts: looks[1].counts, unclear: looks[1].unclear },
];
