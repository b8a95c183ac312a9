import { type Assigner, type Combination, createAssigner } from '../../../src/core/assignment';
import { toRuns } from '../../../src/core/runs';
import type { Tensor } from '../../../src/core/tensor';
import { defaultCombine } from '../../pipeline/guidance';
import type { Region } from '../../protocol';
import { inWordsForAll } from '../inWords';
import type { Condition, ImageSlot, MethodHost, MethodRun, StartMethod, StepInfo } from '../method';
import { noHooks } from '../noHooks';
import { booleanOf, choiceOf, numberOf } from '../parameters';
import { assignmentMode, valuesPerImage } from '../valuesPerImage';
import { type Gathered, gatherAttention, rowsOf } from './attention';
import type { Head } from './detections';
import type { Grid } from './grid';
import { guideWithin, keepOutside } from './guidance';
import { expectedPeople, type ParsedPrompt, parsePrompt } from './parsing';
import { findIndividuals, type Individual, softMask, unionOf } from './regions';

/** Steps whose attention is looked at in two passes, as shares (methods.md 4.4, step B). */
const WINDOW = { from: 0.2, to: 0.6 };
/** Share of what the online variant has seen that each new step leaves. */
const KEPT = 0.7;

/** What is the same for all images of a lane. */
interface Lane {
  readonly host: MethodHost;
  readonly parsed: ParsedPrompt;
  readonly expected: { readonly count: number; readonly said: boolean };
  readonly combinations: readonly Combination[];
  /** The prompt with each combination in words, in their order. */
  readonly telling: readonly Condition[];
  readonly notes: Readonly<Record<string, string>>;
  readonly mode: 'quota' | 'iid';
  readonly strength: number;
  readonly threshold: number;
  readonly online: boolean;
  readonly byReader: boolean;
  readonly background: boolean;
  /** The step that is edited first. */
  readonly from: number;
  /** Steps [first, last) whose attention is looked at. */
  readonly looks: readonly [first: number, last: number];
}

/** An individual with the position of the values it was given in Lane.combinations. */
interface Given extends Individual {
  readonly value: number;
}

/** After Linguistic-aligned Attention Guidance and Fair Inference (methods.md 4.4). */
export const start: StartMethod = async (host, parameters) => {
  const strength = numberOf(parameters, 'strength');
  if (strength === 0) return noHooks('The strength is 0, so this is the base model.');
  const values = valuesPerImage(host, parameters);
  if (!values.given) return noHooks(values.unchanged);
  const parsed = parsePrompt(host.prompt);
  const tokens = rowsOf(parsed, host.words(host.prompt));
  if (tokens.length === 0) return noHooks('The words for people no longer fit into what the model reads.');
  const { combinations, notes } = values;
  const online = choiceOf(parameters, 'variant') === 'online';
  const from = firstStep(numberOf(parameters, 'start'), host.steps, online);
  if (from === undefined) return noHooks('A run of one step leaves nothing to look at before it is edited.');
  const looks = online ? ([0, from] as const) : windowOf(host.steps);
  const lane: Lane = {
    ...{ host, parsed, combinations, notes, strength, online, from, looks },
    expected: expectedPeople(parsed),
    telling: await host.encode(
      combinations.map((combination) => inWordsForAll(host.prompt, combination.values, host.wordFor)),
    ),
    mode: assignmentMode(parameters),
    threshold: numberOf(parameters, 'threshold'),
    byReader: choiceOf(parameters, 'individuals') === 'reader' && host.readPeople !== undefined,
    background: booleanOf(parameters, 'background'),
  };
  let assigner: Assigner | undefined;
  return {
    probes: { tokens, from: looks[0] / host.steps, to: looks[1] / host.steps },
    image(slot) {
      assigner ??= assignerOf(lane, slot.seed);
      // Given out in index order and before anything is drawn, so that one image of a run can be drawn again by itself.
      const seats = lane.expected.said ? assigner.image(lane.expected.count) : undefined;
      return online ? onePass(lane, slot, seats) : twoPasses(lane, slot, seats);
    },
  };
};

function firstStep(share: number, steps: number, online: boolean): number | undefined {
  const first = Math.min(Math.ceil(share * steps), steps - 1);
  if (!online) return first;
  // One step to look at, and where there is room one more for the preview that is read.
  const least = Math.max(first, Math.min(2, steps - 1));
  return least > 0 ? least : undefined;
}

/** Never empty, however few the steps are. */
function windowOf(steps: number): readonly [first: number, last: number] {
  const first = Math.min(Math.ceil(WINDOW.from * steps), steps - 1);
  return [first, Math.max(first + 1, Math.ceil(WINDOW.to * steps))];
}

function assignerOf({ combinations, mode }: Lane, seed: number): Assigner {
  return createAssigner(
    combinations.map(({ share }) => share),
    seed,
    mode,
  );
}

/** The base run first; then from step `from` on again, edited inside the regions and kept outside of them. */
function twoPasses(lane: Lane, slot: ImageSlot, seats: readonly number[] | undefined): MethodRun {
  const attention = gatherAttention();
  const edit = createEdit(lane, slot, seats);
  /** Latents of the base run before each step, and the last. */
  const base: Tensor[] = [];
  return {
    stepConditions: (step, set) => (step.pass === 0 ? set : { ...set, ...edit.branches() }),
    plan: ({ pass, index }) =>
      pass === 0 && index >= lane.looks[0] && index < lane.looks[1] ? { probe: ['cond'] } : {},
    onMaps(_, { cond }) {
      if (cond) attention.add(cond);
    },
    combine: edit.combine,
    preStep({ pass, index }, latent) {
      if (pass === 0 && index === lane.from) base[index] = latent;
      return latent;
    },
    postStep({ pass, index, total }, latent) {
      if (pass > 0) return lane.background ? edit.keepOutside(latent, base[index + 1]!) : latent;
      if (index >= lane.from || index === total - 1) base[index + 1] = latent;
      return latent;
    },
    async nextPass(pass) {
      if (pass > 0 || !(await edit.find(attention, base.at(-1)!))) return undefined;
      return { from: lane.from, latent: base[lane.from]! };
    },
    trace: edit.trace,
  };
}

/** Regions from the steps so far, with the latest counting most; edited from step `from` on. */
function onePass(lane: Lane, slot: ImageSlot, seats: readonly number[] | undefined): MethodRun {
  const attention = gatherAttention(KEPT);
  const edit = createEdit(lane, slot, seats);
  let preview: Tensor | undefined;
  return {
    stepConditions: ({ index }, set) => (index < lane.from ? set : { ...set, ...edit.branches() }),
    plan: ({ index }) => (index < lane.looks[1] ? { probe: ['cond'] } : {}),
    async onMaps({ index }, { cond }) {
      if (!cond) return;
      attention.add(cond);
      if (index === lane.from - 1) await edit.find(attention, preview, cond.layers);
    },
    combine: edit.combine,
    preStep({ index }, latent, _, denoised) {
      if (index < lane.from - 1) preview = denoised();
      return latent;
    },
    trace: edit.trace,
  };
}

interface Edit {
  /**
   * Finds the individuals and gives them their values. @param clean what a reader may look at, and what tells the latent's size.
   * @returns whether there is anybody to edit.
   */
  find(
    attention: Gathered,
    clean: Tensor | undefined,
    layers?: readonly { readonly width: number; readonly height: number }[],
  ): Promise<boolean>;
  /** One branch for every combination that somebody was given; none before `find`. */
  branches(): Readonly<Record<string, Condition>>;
  combine(step: StepInfo, predictions: Readonly<Record<string, Tensor>>): Tensor;
  keepOutside(latent: Tensor, base: Tensor): Tensor;
  trace: MethodRun['trace'];
}

function createEdit(lane: Lane, slot: ImageSlot, seats: readonly number[] | undefined): Edit {
  const { host, combinations, telling, expected, parsed, threshold, strength, byReader } = lane;
  let people: readonly Given[] = [];
  let unchanged = 'No step of this image was looked at.';
  let masks: readonly { readonly branch: string; readonly value: number; readonly mask: Grid }[] = [];
  let union: Uint8Array = new Uint8Array(0);
  let size = { width: 0, height: 0 };
  let told = 'attention alone';

  return {
    async find(attention, clean, layers = []) {
      // Without a latent to go by, the finest attention has its size.
      const finest = layers.reduce((a, b) => (b.width > a.width ? b : a), { width: 0, height: 0 });
      size = clean ? { width: clean.dims.at(-1)!, height: clean.dims.at(-2)! } : finest;
      const heads = byReader && clean ? await headsIn(host, clean) : undefined;
      if (heads) told = 'the reader';
      const options = { parsed, words: host.words(host.prompt), ...size, threshold, heads };
      const found = findIndividuals(attention, { ...options, expected: expected.count });
      if (found.length === 0 || (expected.said && found.length !== expected.count)) {
        unchanged = mismatch(expected.count, found.length, heads !== undefined);
        return false;
      }
      const values = seats ?? assignerOf(lane, slot.seed).image(found.length);
      people = found.map((individual, i) => ({ ...individual, value: values[i]! }));
      masks = [...new Set(values)].map((value) => ({
        branch: `people ${Object.values(combinations[value]!.values).join(' ')}`,
        value,
        mask: softMask(
          people.filter((person) => person.value === value),
          size.width,
          size.height,
        ),
      }));
      union = unionOf(people, size.width, size.height);
      return true;
    },
    branches: () => Object.fromEntries(masks.map(({ branch, value }) => [branch, telling[value]!])),
    combine({ guidanceScale }, predictions) {
      const guided = defaultCombine(predictions, guidanceScale);
      const guides = masks.flatMap(({ branch, mask }) => {
        const prediction = predictions[branch];
        return prediction ? [{ prediction, mask }] : [];
      });
      if (guides.length === 0) return guided;
      // Without an unconditional branch the prompt is followed once, whatever the scale says.
      const scale = strength * (predictions.uncond ? guidanceScale : 1);
      return guideWithin(guided, predictions.cond!, guides, scale);
    },
    keepOutside: (latent, base) => keepOutside(latent, base, union),
    trace() {
      const notes = { ...lane.notes, 'people told apart by': told };
      if (people.length === 0) return { notes: { ...lane.notes, unchanged } };
      const assigned = people.length === 1 ? { assigned: combinations[people[0]!.value]!.values } : {};
      return { ...assigned, regions: regionsOf(people, combinations, size), notes };
    },
  };
}

/** Heads that the model's reader finds, in cells of the latent. */
async function headsIn(host: MethodHost, clean: Tensor): Promise<Head[]> {
  const { width, height, people } = await host.readPeople!(clean);
  const [across, down] = [clean.dims.at(-1)! / width, clean.dims.at(-2)! / height];
  return people.map(({ box: [x, y, w, h] }) => [x * across, y * down, w * across, h * down]);
}

function mismatch(expected: number, found: number, byReader: boolean): string {
  const asked = `The prompt shows ${expected} ${expected === 1 ? 'person' : 'people'}`;
  const told = byReader ? 'the reader found' : 'the attention maps tell apart';
  return `${asked} and ${told} ${found === 0 ? 'none' : found}, so nobody was given a value and the base model's picture stands.`;
}

function regionsOf(
  people: readonly Given[],
  combinations: readonly Combination[],
  { width, height }: { readonly width: number; readonly height: number },
): Region[] {
  return people.map(({ noun, places, votes, value }, i) => {
    const mask = new Uint8Array(width * height);
    for (const place of places) mask[place] = 1;
    const number = people.slice(0, i + 1).filter((person) => person.noun === noun).length;
    return {
      name: `${noun} ${number}`,
      columns: width,
      rows: height,
      runs: toRuns(mask),
      assigned: combinations[value]!.values,
      votes,
    };
  });
}
