import type { Combination } from '../../../src/core/assignment';
import {
  applyRowMatrix,
  blend,
  type Concept,
  leak,
  type Matrix,
  mistNullAll,
  mistTarget,
  type Row,
} from '../../../src/core/linalg';
import { createImageAssigner, wantedShares } from '../assign';
import { inWords } from '../inWords';
import { findPeople, withArticle } from '../language';
import type { Condition, ConditionSet, MethodHost, StartMethod } from '../method';
import { choiceOf, numberOf } from '../parameters';
import { chosenAttributes } from '../sharedParameters';
import { HELD_OUT_PROMPTS, preservePrompts } from './prompts';

/** Directions weaker than this share of the strongest are dropped where several nouns are edited at once (methods.md 4.3). */
const CUT = 0.05;

/**
 * MIST as one matrix on the text embedding (methods.md, sections 2 and 4.3): editing every cross-attention weight in closed
 * form is the same as mapping all text rows, of the conditional and the unconditional prompt, so nothing else is touched.
 */
export const start: StartMethod = async (host, parameters) => {
  const strength = numberOf(parameters, 'strength');
  const nouns = [...new Set(findPeople(host.prompt).map(({ noun }) => noun))];
  const [noun] = nouns;
  if (strength === 0) return untouched('The strength is 0, so this is the base model.');
  if (noun === undefined) return untouched('The prompt names no person, so there is no concept to edit.');

  const shares = wantedShares(chosenAttributes(choiceOf(parameters, 'attribute')), host.targets);
  const rho = numberOf(parameters, 'rho');
  const heldOut = await eosRows(host, HELD_OUT_PROMPTS);
  const conceptOf = async (one: string): Promise<Concept> => {
    const source = withArticle(one);
    const guidance = shares.map(({ values }) => inWords(source, values, host.wordFor));
    const [sourceRow, ...guidanceRows] = await eosRows(host, [source, ...guidance]);
    return { source: sourceRow!, guidance: guidanceRows };
  };

  if (choiceOf(parameters, 'mode') === 'null') {
    const concepts: Concept[] = [];
    for (const one of nouns) concepts.push(await conceptOf(one));
    const m = mistNullAll(concepts, rho, [], nouns.length > 1 ? CUT : 0);
    const edit = createEdit(m, strength, heldOut);
    return { image: () => ({ conditions: edit.conditions, trace: () => ({ notes: edit.notes }) }) };
  }
  const { source, guidance } = await conceptOf(noun);
  const preserve = parameters.preserve === true ? await preserveRows(host, noun) : [];
  const edits = new Map<Combination, Edit>(
    shares.map((combination, i) => {
      const m = mistTarget(source, guidance[i]!, rho, preserve);
      return [combination, createEdit(m, strength, heldOut)];
    }),
  );
  const assign = createImageAssigner(shares, choiceOf(parameters, 'assignment') === 'iid' ? 'iid' : 'quota');
  return {
    image(slot) {
      const combination = assign(slot);
      const edit = edits.get(combination)!;
      return {
        conditions: edit.conditions,
        trace: () => ({ assigned: combination.values, notes: edit.notes }),
      };
    },
  };
};

interface Edit {
  conditions(base: ConditionSet): ConditionSet;
  /** How far prompts that should not change are moved: 0 is not at all, 1 is by their own length. */
  readonly notes: Readonly<Record<string, number>>;
}

function createEdit(m: Matrix, strength: number, heldOut: readonly Row[]): Edit {
  const blended = blend(m, strength);
  const leaks = leak(blended, heldOut);
  /** Each prompt is mapped once, and all images that share it then share its rows. */
  const mapped = new Map<Condition, Condition>();
  const map = (condition: Condition): Condition => {
    const seen = mapped.get(condition);
    if (seen) return seen;
    const rows = { data: applyRowMatrix(condition.k.data, blended), dims: condition.k.dims };
    const edited = { ...condition, k: rows, v: rows };
    mapped.set(condition, edited);
    return edited;
  };
  return {
    conditions: (base) =>
      Object.fromEntries(Object.entries(base).map(([branch, condition]) => [branch, map(condition)])),
    notes: {
      'leak on other prompts, mean': leaks.reduce((a, b) => a + b, 0) / leaks.length,
      'leak on other prompts, largest': Math.max(...leaks),
    },
  };
}

function untouched(reason: string) {
  return { image: () => ({ trace: () => ({ notes: { unchanged: reason } }) }) };
}

/** The rows of the first end-of-text token: where a prompt's meaning stands as a whole. */
async function eosRows(host: MethodHost, prompts: readonly string[]): Promise<Row[]> {
  return (await host.encode(prompts)).map((condition) => rowOf(condition, condition.eos));
}

/** What target mode must leave alone: the start row (the same in every prompt), and the end rows of other prompts. */
async function preserveRows(host: MethodHost, noun: string): Promise<Row[]> {
  const conditions = await host.encode(preservePrompts(noun));
  return [rowOf(conditions[0]!, 0), ...conditions.map((condition) => rowOf(condition, condition.eos))];
}

function rowOf({ k }: Condition, row: number): Row {
  const width = k.dims[1]!;
  return k.data.subarray(row * width, (row + 1) * width);
}
