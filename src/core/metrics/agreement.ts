import { type BootstrapOptions, bootstrap } from './bootstrap';
import type { Interval } from './intervals';

/** How far people who label the same things agree beyond chance. Labels are 0 .. K - 1. */
export interface Agreement {
  /** 1 for full agreement, 0 for that of chance; undefined where chance alone would always agree (all labels the same). */
  readonly kappa: number | undefined;
  /** Percentile bootstrap over things; undefined where kappa is, or where most resamples have none. */
  readonly interval: Interval | undefined;
  /** Share of (pairs of) labels that agree, 0 .. 1. */
  readonly observed: number;
  /** Things labelled. */
  readonly n: number;
}

type Resampling = Pick<BootstrapOptions<unknown>, 'seed' | 'resamples' | 'level'>;

/**
 * Cohen's kappa of two raters (Cohen 1960).
 * @param pairs the two labels of each thing, at least one thing. @throws RangeError for none.
 */
export function cohenKappa(
  pairs: readonly (readonly [number, number])[],
  options: Resampling = {},
): Agreement {
  return withInterval(pairs, cohen, options);
}

/**
 * Fleiss' kappa of m raters, who need not be the same ones for every thing (Fleiss 1971).
 * @param counts [thing][value]: how many raters gave this value; every row sums to the same m >= 2.
 * @throws RangeError for no things, or rows of other sums.
 */
export function fleissKappa(counts: readonly (readonly number[])[], options: Resampling = {}): Agreement {
  const raters = counts[0]?.reduce((sum, x) => sum + x, 0) ?? 0;
  if (raters < 2) throw new RangeError(`Agreement needs two raters or more, got ${raters}.`);
  const other = counts.find((row) => row.reduce((sum, x) => sum + x, 0) !== raters);
  if (other) throw new RangeError(`Every thing needs the labels of ${raters} raters, got [${other}].`);
  return withInterval(counts, fleiss, options);
}

interface Parts {
  readonly observed: number;
  readonly expected: number;
}

function withInterval<T>(
  things: readonly T[],
  parts: (things: readonly T[]) => Parts,
  options: Resampling,
): Agreement {
  if (things.length === 0) throw new RangeError('Agreement needs something that was labelled.');
  const kappaOf = (sample: readonly T[]) => {
    const { observed, expected } = parts(sample);
    return 1 - expected < 1e-12 ? undefined : (observed - expected) / (1 - expected);
  };
  const kappa = kappaOf(things);
  const interval =
    kappa === undefined ? undefined : bootstrap(things, kappaOf, { ...options, promptOf: () => '' });
  return { kappa, interval, observed: parts(things).observed, n: things.length };
}

function cohen(pairs: readonly (readonly [number, number])[]): Parts {
  const [first, second] = [new Map<number, number>(), new Map<number, number>()];
  let same = 0;
  for (const [a, b] of pairs) {
    first.set(a, (first.get(a) ?? 0) + 1);
    second.set(b, (second.get(b) ?? 0) + 1);
    if (a === b) same += 1;
  }
  let chance = 0;
  for (const [value, count] of first) chance += count * (second.get(value) ?? 0);
  return { observed: same / pairs.length, expected: chance / pairs.length ** 2 };
}

function fleiss(counts: readonly (readonly number[])[]): Parts {
  const raters = counts[0]!.reduce((sum, x) => sum + x, 0);
  const totals = counts[0]!.map((_, value) => counts.reduce((sum, row) => sum + row[value]!, 0));
  const pairs = counts.reduce((sum, row) => sum + row.reduce((own, x) => own + x * (x - 1), 0), 0);
  return {
    observed: pairs / (counts.length * raters * (raters - 1)),
    expected: totals.reduce((sum, x) => sum + (x / (counts.length * raters)) ** 2, 0),
  };
}
