import { createStore } from 'zustand/vanilla';
import type { ReaderError } from '../../workers/protocol';
import { type ErrorReport, EvenhandError, reportOf } from '../core/errors';
import { type Keep, type Kept, MemoryKeep } from '../studio/keep/keep';
import { joinLabels, type Labels } from './labels';

/** Labels of one run; the file holds them as JSON. */
export interface KeptLabels extends Kept {}

export interface LabelState {
  /** The run whose labels these are. */
  readonly runId: string | null;
  readonly labels: Labels;
  readonly rater: string;
  readonly problem: ErrorReport | null;
  /** attribute id -> how the reader errs as the labels have it; the charts of the run are corrected by it. */
  readonly errors: Readonly<Record<string, ReaderError>>;
  /** Where labels are kept; false: only as long as the tab. */
  readonly lasting: boolean;
  use(keep: Keep<KeptLabels>, lasting: boolean): void;
  /** Takes up the labels that are kept of a run. */
  open(runId: string, prompt: string): Promise<void>;
  setRater(rater: string): void;
  /** @param value null: no label. */
  label(key: string, attribute: string, value: string | null): void;
  /** Adds labels from a file. */
  join(more: Labels): void;
  /** Of the rater at work. */
  clear(): void;
  correctBy(errors: LabelState['errors']): void;
  fail(error: unknown): void;
}

export type LabelStore = ReturnType<typeof createLabelStore>;

export function createLabelStore() {
  let keep: Keep<KeptLabels> = new MemoryKeep();
  let prompt = '';
  /** Savings one after another, so that an older one cannot come last. */
  let saving = Promise.resolve();

  return createStore<LabelState>()((set, get) => {
    const save = () => {
      const { runId, labels } = get();
      if (runId === null) return;
      const facts = { id: runId, name: prompt, createdAt: Date.now() };
      const bytes = new TextEncoder().encode(JSON.stringify(labels));
      saving = saving
        .then(() => (Object.keys(labels).length > 0 ? keep.save(facts, bytes) : keep.remove(runId)))
        .catch((error: unknown) => set({ problem: reportOf(error) }));
    };
    const change = (labels: Labels) => {
      set({ labels });
      save();
    };
    return {
      runId: null,
      labels: {},
      rater: '',
      problem: null,
      errors: {},
      lasting: false,
      use(own, lasting) {
        keep = own;
        set({ lasting });
      },
      async open(runId, asked) {
        if (get().runId === runId) return;
        prompt = asked;
        set({ runId, labels: {}, problem: null, errors: {} });
        await saving;
        try {
          const file = await keep.read(runId);
          if (!file || get().runId !== runId) return;
          set({ labels: joinLabels(parsed(file), get().labels) });
        } catch (error) {
          set({ problem: reportOf(error) });
        }
      },
      setRater: (rater) => set({ rater }),
      label(key, attribute, value) {
        const { labels, rater } = get();
        const own = { ...labels[rater]?.[key] };
        if (value === null) delete own[attribute];
        else own[attribute] = value;
        const byThing = { ...labels[rater], [key]: own };
        if (Object.keys(own).length === 0) delete byThing[key];
        const all = { ...labels, [rater]: byThing };
        if (Object.keys(byThing).length === 0) delete all[rater];
        change(all);
      },
      join: (more) => change(joinLabels(get().labels, more)),
      clear() {
        const { [get().rater]: _, ...rest } = get().labels;
        change(rest);
      },
      correctBy: (errors) => set({ errors }),
      fail: (error) => set({ problem: error === null ? null : reportOf(error) }),
    };
  });
}

/** @throws EvenhandError 'metadata-invalid' for a file that was damaged on the way. */
function parsed(file: Uint8Array): Labels {
  try {
    return JSON.parse(new TextDecoder().decode(file)) as Labels;
  } catch (cause) {
    throw new EvenhandError(
      'metadata-invalid',
      'The labels that this browser kept of this run cannot be read.',
      'Open the CSV file that you saved of them, if there is one, or label again.',
      { cause },
    );
  }
}
