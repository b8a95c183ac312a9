import { type EditPair, editMatrix } from '../../../src/core/linalg';
import type { Parameters } from '../../protocol';
import { inWords } from '../inWords';
import { findPeople } from '../language';
import type { MethodHost, StartMethod } from '../method';
import { noHooks } from '../noHooks';
import { numberOf } from '../parameters';
import { createTextEdit, editProbes } from '../textEdit';
import { preservePrompts } from '../textPrompts';
import { lastWordRows } from '../textRows';
import { NAMEABLE, type Nameable, valuesOf } from '../words';

/**
 * UCE for given weights (methods.md 5.3): the occupation's last word c becomes c + sum_k alpha_k a_k, where a_k is the last word of
 * the attribute word, as one matrix on the text. `audit.ts` finds the weights.
 */
export const start: StartMethod = async (host, parameters) => {
  const weighted = weightedValues(parameters);
  if (weighted.length === 0)
    return noHooks('All weights are 0, so this is the base model. The audit finds weights for a prompt.');
  const [person, ...others] = findPeople(host.prompt);
  if (person === undefined) return noHooks('The prompt names no person, so there is no concept to edit.');

  const preserve = await lastWordRows(host, preservePrompts(person.noun, person));
  const m = editMatrix(
    [await editPair(host, person.phrase, weighted)],
    preserve,
    numberOf(parameters, 'lambda'),
  );
  const explicit = attributesOf(weighted).map((attribute) =>
    valuesOf(attribute).map((value) => inWords(person.phrase, { [attribute]: value }, host.wordFor)),
  );
  const edit = createTextEdit(m, 1, await editProbes(host, explicit));
  const notes = {
    ...edit.notes,
    ...(others.some(({ noun }) => noun !== person.noun)
      ? { edited: `Only "${person.noun}" is edited; weights belong to one occupation.` }
      : {}),
  };
  return { image: () => ({ conditions: edit.conditions, trace: () => ({ notes }) }) };
};

interface WeightedValue {
  readonly attribute: Nameable;
  readonly value: string;
  readonly weight: number;
}

function weightedValues(parameters: Parameters): WeightedValue[] {
  return NAMEABLE.flatMap((attribute) =>
    valuesOf(attribute).map((value) => ({ attribute, value, weight: numberOf(parameters, value) })),
  ).filter(({ weight }) => weight !== 0);
}

function attributesOf(weighted: readonly WeightedValue[]): Nameable[] {
  return NAMEABLE.filter((attribute) => weighted.some((one) => one.attribute === attribute));
}

async function editPair(
  host: MethodHost,
  concept: string,
  weighted: readonly WeightedValue[],
): Promise<EditPair> {
  const words = weighted.map(({ attribute, value }) => host.wordFor(attribute, value));
  const [from, ...rows] = await lastWordRows(host, [concept, ...words]);
  const to = Float64Array.from(from!, (value, i) =>
    weighted.reduce((sum, { weight }, k) => sum + weight * rows[k]![i]!, value),
  );
  return { from: from!, to };
}
