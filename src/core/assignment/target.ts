const SUM_TOLERANCE = 1e-6;

/**
 * Checks a target distribution.
 * @param target shares, each >= 0, sum 1. @throws RangeError in words if it is not a distribution.
 */
export function checkTarget(target: readonly number[]): void {
  if (target.length === 0 || !target.every((share) => share >= 0)) {
    throw new RangeError(`A target needs at least one share, and shares >= 0, got [${target.join(', ')}].`);
  }
  const sum = target.reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > SUM_TOLERANCE) {
    throw new RangeError(`The shares of a target must sum to 1, got ${sum}.`);
  }
}

/** A target over the values of one attribute. */
export interface AttributeTarget {
  readonly attribute: string;
  readonly values: readonly string[];
  /** Same length as values, sum 1. */
  readonly target: readonly number[];
}

/** One combination of values, one per attribute. */
export interface Combination {
  readonly values: Readonly<Record<string, string>>;
  readonly share: number;
}

/**
 * Intersections (methods section 3): every combination of values, wanted as often as the product of its shares.
 * The last attribute varies fastest. @returns one empty combination of share 1 for no attributes.
 * @throws RangeError if a target is not a distribution over its values.
 */
export function productSet(attributes: readonly AttributeTarget[]): Combination[] {
  let combinations: Combination[] = [{ values: {}, share: 1 }];
  for (const { attribute, values, target } of attributes) {
    checkTarget(target);
    if (values.length !== target.length) {
      throw new RangeError(`${attribute} has ${values.length} values but ${target.length} shares.`);
    }
    combinations = combinations.flatMap((partial) =>
      values.map((value, k) => ({
        values: { ...partial.values, [attribute]: value },
        share: partial.share * target[k]!,
      })),
    );
  }
  return combinations;
}
