import { createPrng } from '../rng';

/** One person: which group they were read as, and a number that should not depend on it. */
export interface GroupedValue {
  /** 0 .. groups - 1. */
  readonly group: number;
  /** For instance perceived age on 0..1 (`position`), or 1 for a woman and 0 for a man. */
  readonly value: number;
}

export interface AttributeGap {
  /** The largest distance of a group's mean from the mean of all. */
  readonly gap: number;
  /** Over all persons. */
  readonly mean: number;
  /** By group; undefined where there is nobody. */
  readonly means: readonly (number | undefined)[];
  readonly counts: readonly number[];
}

/**
 * Attribute consistency across groups: max over groups r of |mean_r - mean| (methods 4.1, after RS-Corrector: age and gender
 * across races). With a value of 1 for women this is max |P(woman | r) - P(woman)|. It carries no opinion of how anyone should look.
 * @returns gap 0 if all groups agree; undefined unless two groups have somebody.
 * @throws RangeError if a group is not within 0 .. groups - 1.
 */
export function attributeGap(persons: readonly GroupedValue[], groups: number): AttributeGap | undefined {
  const counts = new Array<number>(groups).fill(0);
  const sums = new Array<number>(groups).fill(0);
  for (const { group, value } of persons) {
    if (!Number.isInteger(group) || group < 0 || group >= groups) {
      throw new RangeError(`A group must be a whole number within 0..${groups - 1}, got ${group}.`);
    }
    counts[group]! += 1;
    sums[group]! += value;
  }
  if (counts.filter((count) => count > 0).length < 2) return undefined;
  const mean = sums.reduce((a, b) => a + b, 0) / persons.length;
  const means = sums.map((sum, r) => (counts[r]! > 0 ? sum / counts[r]! : undefined));
  const gap = Math.max(...means.map((own) => (own === undefined ? 0 : Math.abs(own - mean))));
  return { gap, mean, means, counts };
}

/**
 * The gap that chance alone shows at these counts: the mean over random exchanges of who belongs to which group.
 * @param shuffles at least 1. @returns undefined unless two groups have somebody.
 */
export function attributeGapFloor(
  persons: readonly GroupedValue[],
  groups: number,
  { seed = 1, shuffles = 500 }: { readonly seed?: number; readonly shuffles?: number } = {},
): number | undefined {
  if (!attributeGap(persons, groups)) return undefined;
  const random = createPrng(seed);
  const values = persons.map(({ value }) => value);
  let sum = 0;
  for (let i = 0; i < shuffles; i++) {
    random.shuffle(values);
    const mixed = persons.map(({ group }, p) => ({ group, value: values[p]! }));
    sum += attributeGap(mixed, groups)!.gap;
  }
  return sum / shuffles;
}

/**
 * How much more each group has than a reference group: mean_r - mean_reference. With perceived age: the "excessive ageing" of a group.
 * @returns by group, 0 for the reference; undefined where either has nobody.
 */
export function excessOver({ means }: AttributeGap, reference: number): readonly (number | undefined)[] {
  const base = means[reference];
  return means.map((mean) => (mean === undefined || base === undefined ? undefined : mean - base));
}

/**
 * Where a reading stands between the first and the last of ordered values: sum p_k k / (K - 1).
 * @param probabilities of K >= 2 ordered values (young, middle, old), sum 1. @returns 0 .. 1.
 */
export function position(probabilities: readonly number[]): number {
  const last = probabilities.length - 1;
  return probabilities.reduce((sum, p, k) => sum + (p * k) / last, 0);
}
