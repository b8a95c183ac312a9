import { createStore } from 'zustand/vanilla';
import type { MethodSpec } from '../../workers/methods/method';
import type { BackendChoice, DeltaInfo, Lane, LaneDelta, RunDefaults, Target } from '../../workers/protocol';
import type { SchedulerId } from '../core/schedulers';
import { LIMITS } from './limits';
import { defaultParameters, METHODS } from './methods';
import { defaultsOf, type ModelChoice } from './variants';

/** Everything a link carries: what the composer, the lanes and the board are set to. Plain data. */
export interface Settings {
  readonly prompt: string;
  readonly count: number;
  /** As typed: a start or a list; see seeds.ts. */
  readonly seeds: string;
  /** Id of the model's variant that draws; null for the full model. */
  readonly variant: string | null;
  /** null until the model says its default. */
  readonly steps: number | null;
  readonly guidance: number | null;
  readonly scheduler: SchedulerId | null;
  readonly batchSize: number;
  readonly backend: BackendChoice;
  readonly lanes: readonly Lane[];
  /** Only targets that differ from the default (equal shares of presentation, tone and age). */
  readonly targets: readonly Target[];
  /** Attribute on the charts, and a second one to cross it with ('' for none). */
  readonly attribute: string;
  readonly cross: string;
  readonly view: BoardView;
}

export type BoardView = 'columns' | 'rows';

export function laneOf(spec: MethodSpec, taken: readonly Lane[]): Lane {
  const name = freeName(spec.title, taken);
  return { id: freeLaneId(taken), name, method: spec.id, parameters: defaultParameters(spec) };
}

/** A lane that draws with a trained variant and no method. */
export function variantLaneOf({ id, name }: Pick<DeltaInfo, 'id' | 'name'>, taken: readonly Lane[]): Lane {
  const free = freeName(name.slice(0, LIMITS.laneNameCharacters), taken);
  return {
    ...{ id: freeLaneId(taken), name: free, method: 'base', parameters: {} },
    delta: { id, strength: 1 },
  };
}

function freeName(title: string, taken: readonly Lane[]): string {
  const names = new Set(taken.map((lane) => lane.name));
  let name = title;
  for (let i = 2; names.has(name); i++) name = `${title} ${i}`;
  return name;
}

export function freeLaneId(taken: readonly Lane[]): string {
  const ids = new Set(taken.map((lane) => lane.id));
  let n = taken.length + 1;
  while (ids.has(`lane-${n}`)) n++;
  return `lane-${n}`;
}

/** The base lane and one correction, so that the first press of Generate already shows a comparison. */
export function defaultLanes(methods: readonly MethodSpec[] = METHODS): readonly Lane[] {
  const base = methods.find((method) => method.id === 'base');
  const correction =
    methods.find((method) => method.id === 'attribute-prompt') ?? methods.find((m) => m !== base);
  const lanes: Lane[] = [];
  for (const spec of [base, correction]) if (spec) lanes.push(laneOf(spec, lanes));
  return lanes;
}

export function defaultSettings(methods: readonly MethodSpec[] = METHODS): Settings {
  return {
    prompt: 'a photo of a doctor',
    count: 16,
    seeds: '1',
    variant: null,
    steps: null,
    guidance: null,
    scheduler: null,
    batchSize: 4,
    backend: 'auto',
    lanes: defaultLanes(methods),
    targets: [],
    attribute: 'gender',
    cross: '',
    view: 'columns',
  };
}

export interface SettingsState extends Settings {
  change(patch: Partial<Settings>): void;
  replace(settings: Settings): void;
  /** Fills in what the link left to the model. */
  adoptDefaults(model: ModelChoice): void;
  /**
   * Draws with this variant from now on (null: the full model), at its defaults, or as this variant was last set here:
   * going there and back loses nothing.
   */
  chooseVariant(variant: string | null, model: ModelChoice): void;
  addLane(spec: MethodSpec): Lane | null;
  addVariantLane(variant: Pick<DeltaInfo, 'id' | 'name'>): Lane | null;
  removeLane(id: string): { readonly lane: Lane; readonly position: number } | null;
  insertLane(lane: Lane, position: number): void;
  duplicateLane(id: string): void;
  changeLane(id: string, patch: Partial<Omit<Lane, 'id' | 'delta'>>): void;
  /** null: the model as it is. */
  setLaneDelta(id: string, delta: LaneDelta | null): void;
  moveLane(id: string, by: -1 | 1): void;
}

export type SettingsStore = ReturnType<typeof createSettingsStore>;

export function createSettingsStore(initial: Settings = defaultSettings()) {
  /** How each variant was set when it was last left. */
  const left = new Map<string | null, Pick<Settings, 'steps' | 'guidance' | 'scheduler'>>();
  return createStore<SettingsState>()((set, get) => {
    const append = (lane: Lane): Lane | null => {
      const { lanes } = get();
      if (lanes.length >= LIMITS.lanes.max) return null;
      set({ lanes: [...lanes, lane] });
      return lane;
    };
    return {
      ...initial,
      change: (patch) => set(patch),
      replace: (settings) => set(settings),
      adoptDefaults: (model) =>
        set((now) => {
          const own = settingsOfDefaults(defaultsOf(model, now.variant));
          return {
            steps: now.steps ?? own.steps,
            guidance: now.guidance ?? own.guidance,
            scheduler: now.scheduler ?? own.scheduler,
          };
        }),
      chooseVariant: (variant, model) => {
        const now = get();
        if (variant === now.variant) return;
        left.set(now.variant, { steps: now.steps, guidance: now.guidance, scheduler: now.scheduler });
        set({ variant, ...(left.get(variant) ?? settingsOfDefaults(defaultsOf(model, variant))) });
      },
      addLane: (spec) => append(laneOf(spec, get().lanes)),
      addVariantLane: (variant) => append(variantLaneOf(variant, get().lanes)),
      removeLane: (id) => {
        const { lanes } = get();
        const position = lanes.findIndex((lane) => lane.id === id);
        const lane = lanes[position];
        if (!lane || lanes.length <= LIMITS.lanes.min) return null;
        set({ lanes: lanes.filter((other) => other !== lane) });
        return { lane, position };
      },
      insertLane: (lane, position) => set(({ lanes }) => ({ lanes: lanes.toSpliced(position, 0, lane) })),
      duplicateLane: (id) =>
        set(({ lanes }) => {
          const position = lanes.findIndex((lane) => lane.id === id);
          const lane = lanes[position];
          if (!lane || lanes.length >= LIMITS.lanes.max) return {};
          const copy = { ...lane, id: freeLaneId(lanes), name: copyName(lane.name, lanes) };
          return { lanes: lanes.toSpliced(position + 1, 0, copy) };
        }),
      changeLane: (id, patch) =>
        set(({ lanes }) => ({ lanes: lanes.map((lane) => (lane.id === id ? { ...lane, ...patch } : lane)) })),
      setLaneDelta: (id, delta) =>
        set(({ lanes }) => ({
          lanes: lanes.map((lane) => {
            if (lane.id !== id) return lane;
            const { delta: _gone, ...rest } = lane;
            return delta ? { ...rest, delta } : rest;
          }),
        })),
      moveLane: (id, by) =>
        set(({ lanes }) => {
          const from = lanes.findIndex((lane) => lane.id === id);
          const lane = lanes[from];
          const to = from + by;
          if (!lane || to < 0 || to >= lanes.length) return {};
          return { lanes: lanes.toSpliced(from, 1).toSpliced(to, 0, lane) };
        }),
    };
  });
}

const settingsOfDefaults = ({ steps, guidanceScale, scheduler }: RunDefaults) => ({
  steps,
  guidance: guidanceScale,
  scheduler,
});

function copyName(name: string, lanes: readonly Lane[]): string {
  const names = new Set(lanes.map((lane) => lane.name));
  const stem = name.replace(/ \d+$/, '');
  let n = 2;
  while (names.has(`${stem} ${n}`)) n++;
  return `${stem} ${n}`;
}

/** The data without the verbs. */
export function settingsOf(state: SettingsState): Settings {
  const { prompt, count, seeds, variant, steps, guidance, scheduler, batchSize, backend } = state;
  const { lanes, targets, attribute, cross, view } = state;
  return {
    prompt,
    count,
    seeds,
    variant,
    steps,
    guidance,
    scheduler,
    batchSize,
    backend,
    lanes,
    targets,
    attribute,
    cross,
    view,
  };
}
