import { applyRowMatrix, blend, leak, type Matrix, type Row } from '../../src/core/linalg';
import type { Condition, ConditionSet, MethodHost } from './method';
import { HELD_OUT_PROMPTS } from './textPrompts';
import { endRows } from './textRows';

/** A closed-form edit of the cross-attention weights, as the one matrix on the text that it equals (methods.md, section 2). */
export interface TextEdit {
  /** Maps every row of every branch, the unconditional one too: the weights that this stands for act on both. */
  conditions(base: ConditionSet): ConditionSet;
  readonly notes: Readonly<Record<string, number>>;
}

/** What an edit is judged by, taken once per run. */
export interface EditProbes {
  /** End rows of prompts that no edit is asked to change. */
  readonly heldOut: readonly Row[];
  /** For each noun, the end rows of the prompts that tell a value in words, e.g. "a female doctor" and "a male doctor". */
  readonly explicit: readonly (readonly Row[])[];
}

/** @param explicit for each noun, the prompts that tell a value of it in words. */
export async function editProbes(
  host: MethodHost,
  explicit: readonly (readonly string[])[],
): Promise<EditProbes> {
  const rows: Row[][] = [];
  for (const prompts of explicit) rows.push(await endRows(host, prompts));
  return { heldOut: await endRows(host, HELD_OUT_PROMPTS), explicit: rows };
}

/**
 * @param m [width, width]. @param strength blends between the original text (0) and the edited one (1).
 * @param edited 'values' maps only what becomes the values of the attention, as an edit of W_V alone does.
 */
export function createTextEdit(
  m: Matrix,
  strength: number,
  probes: EditProbes,
  edited: 'keys-and-values' | 'values' = 'keys-and-values',
): TextEdit {
  const blended = blend(m, strength);
  /** Each prompt is mapped once, and all images that share it then share its rows. */
  const mapped = new Map<Condition, Condition>();
  const map = (condition: Condition): Condition => {
    const seen = mapped.get(condition);
    if (seen) return seen;
    const v = { data: applyRowMatrix(condition.v.data, blended), dims: condition.v.dims };
    const result = { ...condition, k: edited === 'values' ? condition.k : v, v };
    mapped.set(condition, result);
    return result;
  };
  return {
    conditions: (base) =>
      Object.fromEntries(Object.entries(base).map(([branch, condition]) => [branch, map(condition)])),
    notes: editNotes(blended, probes),
  };
}

function editNotes(m: Matrix, { heldOut, explicit }: EditProbes): Record<string, number> {
  const leaks = leak(m, heldOut);
  const kept = explicit.flatMap((rows) => rows.map((row) => differenceKept(m, row, rows)));
  return {
    'leak on other prompts, mean': mean(leaks),
    'leak on other prompts, largest': Math.max(...leaks),
    ...(kept.length > 0 ? { 'explicit words kept, mean': mean(kept) } : {}),
  };
}

/** What is left of the difference between a row and the mean of its group: 1 all of it, 0 nothing, above 1 it has grown. */
function differenceKept(m: Matrix, row: Row, group: readonly Row[]): number {
  const difference = Float64Array.from(row, (value, i) => value - mean(group.map((other) => other[i]!)));
  const size = Math.hypot(...difference);
  return size === 0 ? 1 : Math.hypot(...applyRowMatrix(difference, m)) / size;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
