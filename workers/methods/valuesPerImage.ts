import type { Combination } from '../../src/core/assignment';
import type { Parameters } from '../protocol';
import { createImageAssigner, wantedShares } from './assign';
import { findPeople, tellsAttribute } from './language';
import type { ImageSlot, MethodHost } from './method';
import { choiceOf } from './parameters';
import { chosenAttributes } from './sharedParameters';
import type { Nameable } from './words';

/** The values that a method gives to the images of a lane, or why it gives none. */
export type ValuesPerImage =
  | { readonly given: false; readonly unchanged: string }
  | {
      readonly given: true;
      readonly attributes: readonly Nameable[];
      readonly combinations: readonly Combination[];
      /** The values of an image; ask in index order. */
      assign(slot: ImageSlot): Combination;
      /** What the prompt already tells and is therefore left to it; empty if it tells nothing. */
      readonly notes: Readonly<Record<string, string>>;
    };

/**
 * Reads the parameters 'attribute' and 'assignment' against the prompt. What the prompt already tells stays as its author wrote
 * it, and a prompt that names no person is given no values.
 * @throws EvenhandError 'request-invalid' when a target's shares are no shares of that attribute.
 */
export function valuesPerImage({ prompt, targets }: MethodHost, parameters: Parameters): ValuesPerImage {
  const chosen = chosenAttributes(choiceOf(parameters, 'attribute'));
  const told = chosen.filter((attribute) => tellsAttribute(prompt, attribute));
  const attributes = chosen.filter((attribute) => !told.includes(attribute));
  const tells = `The prompt already tells the ${told.join(' and the ')}, so that is left as it is.`;
  if (findPeople(prompt).length === 0)
    return { given: false, unchanged: 'The prompt names no person, so there is nobody to give a value to.' };
  if (attributes.length === 0) return { given: false, unchanged: tells };
  const combinations = wantedShares(attributes, targets);
  const assign = createImageAssigner(combinations, assignmentMode(parameters));
  return {
    given: true,
    attributes,
    combinations,
    assign,
    notes: told.length > 0 ? { unchanged: tells } : {},
  };
}

/** The value of `assignmentParameter`. */
export function assignmentMode(parameters: Parameters): 'quota' | 'iid' {
  return choiceOf(parameters, 'assignment') === 'iid' ? 'iid' : 'quota';
}
