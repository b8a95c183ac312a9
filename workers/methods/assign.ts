import {
  type Assigner,
  type AssignmentMode,
  type Combination,
  createAssigner,
  productSet,
} from '../../src/core/assignment';
import { EvenhandError } from '../../src/core/errors';
import type { Target } from '../protocol';
import type { ImageSlot } from './method';
import { type Nameable, valuesOf } from './words';

/**
 * Every combination of the attributes' values with its wanted share: the run's targets, and equal shares where there is none.
 * @throws EvenhandError 'request-invalid' when a target's shares are no shares of that attribute.
 */
export function wantedShares(
  attributes: readonly Nameable[],
  targets: readonly Target[],
): readonly Combination[] {
  return productSet(
    attributes.map((attribute) => {
      const values = valuesOf(attribute);
      const shares = targets.find((candidate) => candidate.attribute === attribute)?.shares;
      const target = values.map((value) => (shares ? (shares[value] ?? 0) : 1 / values.length));
      const sum = target.reduce((a, b) => a + b, 0);
      if (!(Math.abs(sum - 1) < 1e-6) || target.some((share) => share < 0))
        throw badTarget(attribute, values, sum);
      return { attribute, values, target };
    }),
  );
}

/**
 * Gives every image of a lane its values, in index order. It is seeded by the run's first seed: the same run again asks for
 * the same values.
 */
export function createImageAssigner(
  combinations: readonly Combination[],
  mode: AssignmentMode,
): (slot: ImageSlot) => Combination {
  let assigner: Assigner | undefined;
  return (slot) => {
    assigner ??= createAssigner(
      combinations.map(({ share }) => share),
      slot.seed,
      mode,
    );
    return combinations[assigner.next()]!;
  };
}

function badTarget(attribute: string, values: readonly string[], sum: number): EvenhandError {
  return new EvenhandError(
    'request-invalid',
    `The target for ${attribute} gives its values (${values.join(', ')}) shares that sum to ${sum}.`,
    'Give every value a share of 0 or more, so that they sum to 1.',
  );
}
