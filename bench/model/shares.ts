import { cumulativeOf, drawCounts } from '../../src/core/metrics/multinomial';
import { createPrng } from '../../src/core/rng';
import type { Aim, Measurement } from '../lib/report';
import { jackknife } from './jackknife';
import type { ReadPicture } from './jobs';

/** What was read of one attribute in the neutral pictures of one occupation, beside its row of the bias table. */
export interface Row {
  readonly occupation: string;
  /** P(value | occupation), in the order of the values. */
  readonly table: readonly number[];
  /** One value id per person found, those that the table has. */
  readonly found: readonly string[];
  readonly values: readonly string[];
}

/**
 * Everybody found counts, but for those read as something that the table does not share out: androgynous people, as in the
 * table itself.
 */
export function rowOf(
  occupation: string,
  attribute: string,
  table: Readonly<Record<string, number>>,
  pictures: readonly ReadPicture[],
): Row {
  const values = Object.keys(table);
  const read = pictures.flatMap(({ people }) => people.map((person) => person.values[attribute] ?? ''));
  return {
    occupation,
    table: Object.values(table),
    values,
    found: read.filter((value) => values.includes(value)),
  };
}

/** How often each value was found. */
export function countsOf({ values, found }: Row): number[] {
  return values.map((value) => found.filter((one) => one === value).length);
}

/**
 * Mean over occupations and values of |learned share - share in the table|, 0..1. An occupation of which nobody was found has
 * learned a share of 0 of everything.
 */
export function meanDifference(
  rows: readonly { readonly counts: readonly number[]; readonly table: readonly number[] }[],
): number {
  const differences = rows.flatMap(({ counts, table }) => {
    const n = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count, k) => Math.abs((n > 0 ? count / n : 0) - table[k]!));
  });
  return differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
}

/** The mean difference of an attribute; its interval leaves out people. It is biased upward: see `sampledDifference`. */
export function learnedDifference(name: string, rows: readonly Row[], aim?: Aim): Measurement {
  const people = rows.flatMap(({ values, found }, row) =>
    found.map((value) => ({ row, value: values.indexOf(value) })),
  );
  const measure = (some: readonly (typeof people)[number][]) => {
    const counts = rows.map(({ values }) => values.map(() => 0));
    for (const { row, value } of some) counts[row]![value]! += 1;
    return meanDifference(rows.map(({ table }, row) => ({ table, counts: counts[row]! })));
  };
  return { name, ...jackknife(people, measure, { lowest: 0 }), n: people.length, aim };
}

const SIMULATIONS = 400;

/** The same measure of a model that draws from the table itself, at the same numbers of people: mean and 95 % of simulations. */
export function sampledDifference(name: string, rows: readonly Row[]): Measurement {
  const { uniform } = createPrng(1);
  const simulated = Array.from({ length: SIMULATIONS }, () =>
    meanDifference(
      rows.map(({ table, found }) => ({
        table,
        counts: drawCounts(found.length, cumulativeOf(table), uniform),
      })),
    ),
  ).sort((a, b) => a - b);
  const at = (q: number) => simulated[Math.round(q * (SIMULATIONS - 1))]!;
  return {
    name,
    value: simulated.reduce((sum, one) => sum + one, 0) / SIMULATIONS,
    n: rows.reduce((sum, { found }) => sum + found.length, 0),
    interval: [at(0.025), at(0.975)],
  };
}
