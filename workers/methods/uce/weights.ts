import type { ParameterSpec } from '../method';
import { NAMEABLE, valuesOf, wordFor } from '../words';

/** Value id -> how much of the value's word is added to the concept; 0 for those left out. */
export type Weights = Readonly<Record<string, number>>;

/** Weights stay within plus or minus this: further out the text is no longer anything that the model has seen. */
export const WEIGHT_LIMIT = 3;

/** One parameter per value of every attribute, so that weights found by the audit loop are a lane's parameters as they stand. */
export const weightParameters: readonly ParameterSpec[] = NAMEABLE.toReversed().flatMap((attribute) =>
  valuesOf(attribute).map(
    (value): ParameterSpec => ({
      type: 'number',
      id: value,
      title: `Weight of "${wordFor(attribute, value)}"`,
      help: 'How much of the word is added to the occupation; negative takes away. The audit finds it: draw, read, adjust.',
      min: -WEIGHT_LIMIT,
      max: WEIGHT_LIMIT,
      step: 0.05,
      default: 0,
    }),
  ),
);
