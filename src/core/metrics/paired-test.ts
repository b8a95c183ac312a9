import { fromRows, matrix, solveSpd } from '../linalg';
import { binomialProbability, chiSquareTail } from './special';

/** Pairs by value before (row) and after (column), K x K: the same seeds in two lanes. */
export type PairedTable = readonly (readonly number[])[];

/**
 * @param before value index 0 .. K - 1 per pair, undefined where unclear. @param after the same persons in the other lane.
 * @returns the K x K table, and how many pairs were left out because a side was unclear.
 * @throws RangeError if the lists differ in length.
 */
export function pairedTable(
  before: readonly (number | undefined)[],
  after: readonly (number | undefined)[],
  K: number,
): { readonly table: PairedTable; readonly unclear: number } {
  if (before.length !== after.length) {
    throw new RangeError(`Pairs need two lists of one length, got ${before.length} and ${after.length}.`);
  }
  const table = Array.from({ length: K }, () => new Array<number>(K).fill(0));
  let unclear = 0;
  before.forEach((a, i) => {
    const b = after[i];
    if (a === undefined || b === undefined) unclear += 1;
    else table[a]![b]! += 1;
  });
  return { table, unclear };
}

/**
 * McNemar's test that a method changed a share (2 values, same seeds; methods 7.5).
 * @param b pairs that changed one way. @param c pairs that changed the other way.
 * @returns exact: two-sided exact p; midP: Lancaster's, less conservative (Fagerland et al. 2013 advise it). Both 1 if nothing changed.
 */
export function mcNemar(b: number, c: number): { readonly exact: number; readonly midP: number } {
  const n = b + c;
  const fewer = Math.min(b, c);
  let tail = 0;
  for (let x = 0; x <= fewer; x++) tail += binomialProbability(x, n, 0.5);
  const point = binomialProbability(fewer, n, 0.5);
  return { exact: Math.min(1, 2 * tail), midP: Math.min(1, 2 * tail - point) };
}

/**
 * Stuart-Maxwell test that a method changed any share (K values, same seeds; Stuart 1955, Maxwell 1970; methods 7.5).
 * Values between which nobody moved carry no information and are left out, with their degree of freedom.
 * @param table K x K pairs. @returns p = 1 and df = 0 if nobody changed. @throws RangeError if the table is not square.
 */
export function stuartMaxwell(table: PairedTable): {
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
} {
  const K = table.length;
  if (table.some((row) => row.length !== K)) throw new RangeError('A paired table must be square.');
  const at = (i: number, j: number) => table[i]![j]!;
  const all = [...table.keys()];
  const kept = independentValues(K, (i, j) => at(i, j) + at(j, i) > 0);
  const df = kept.length;
  if (df === 0) return { statistic: 0, df, p: 1 };

  const shift = kept.map((i) => all.reduce((sum, j) => sum + at(i, j) - at(j, i), 0));
  const variance = kept.map((i) =>
    kept.map((j) =>
      i === j
        ? all.reduce((sum, k) => (k === i ? sum : sum + at(i, k) + at(k, i)), 0)
        : -(at(i, j) + at(j, i)),
    ),
  );
  const solved = solveSpd(fromRows(variance), matrix(df, 1, Float64Array.from(shift))).data;
  const statistic = shift.reduce((sum, d, k) => sum + d * solved[k]!, 0);
  return { statistic, df, p: chiSquareTail(statistic, df) };
}

/** All values but one of each group that moves connect: the shifts within a group sum to 0, so one follows from the others. */
function independentValues(K: number, moved: (i: number, j: number) => boolean): number[] {
  const group = Array.from({ length: K }, (_, i) => i);
  for (let i = 0; i < K; i++) {
    for (let j = 0; j < i; j++) {
      if (!moved(i, j)) continue;
      const [from, to] = [group[i]!, group[j]!];
      for (let k = 0; k < K; k++) if (group[k] === from) group[k] = to;
    }
  }
  return [...group.keys()].filter((i) => group.indexOf(group[i]!) !== i);
}
