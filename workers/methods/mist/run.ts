import type { Combination } from '../../../src/core/assignment';
import { type Matrix, mistTarget, type Row } from '../../../src/core/linalg';
import { createImageAssigner, wantedShares } from '../assign';
import { type FoundPerson, findPeople, tellsAttribute } from '../language';
import type { MethodHost, PreparedMethod, StartMethod } from '../method';
import { noHooks } from '../noHooks';
import { choiceOf, numberOf } from '../parameters';
import { chosenAttributes } from '../sharedParameters';
import { createTextEdit, type EditProbes, editProbes, type TextEdit } from '../textEdit';
import { preservePrompts } from '../textPrompts';
import { endRows, rowOf } from '../textRows';
import { assignmentMode } from '../valuesPerImage';
import { NAMEABLE, type Nameable } from '../words';
import { encodeConcept, nounInWords, removeInTurn, removeJointly } from './concepts';

/**
 * MIST as one matrix on the text embedding (methods.md, sections 2 and 4.3): editing every cross-attention weight in closed
 * form is the same as mapping all text rows, of the conditional and the unconditional prompt, so nothing else is touched.
 */
export const start: StartMethod = async (host, parameters) => {
  const strength = numberOf(parameters, 'strength');
  if (strength === 0) return noHooks('The strength is 0, so this is the base model.');
  const people = findPeople(host.prompt);
  const [person] = people;
  if (person === undefined) return noHooks('The prompt names no person, so there is no concept to edit.');

  const target = choiceOf(parameters, 'mode') === 'target';
  const edit: Edit = {
    host,
    attributes: chosenAttributes(choiceOf(parameters, 'attribute')),
    rho: numberOf(parameters, 'rho'),
    preserve: keeps(choiceOf(parameters, 'preserve'), target) ? await preserveRows(host, person, target) : [],
    toEdit: (m, probes) => createTextEdit(m, strength, probes),
  };
  return target
    ? await sendToValues(edit, person.phrase, assignmentMode(parameters))
    : await removeValues(
        edit,
        [...new Set(people.map(({ phrase }) => phrase))],
        choiceOf(parameters, 'several'),
      );
};

interface Edit {
  readonly host: MethodHost;
  readonly attributes: readonly Nameable[];
  readonly rho: number;
  readonly preserve: readonly Row[];
  toEdit(m: Matrix, probes: EditProbes): TextEdit;
}

/** Null mode: one matrix for all images. */
async function removeValues(
  { host, attributes, rho, preserve, toEdit }: Edit,
  phrases: readonly string[],
  several: string,
): Promise<PreparedMethod> {
  const groups = (several === 'crossed' ? [attributes] : attributes.map((one) => [one])).map((group) =>
    phrases.map((phrase) => nounInWords(phrase, group, host)),
  );
  const concepts = [];
  for (const group of groups) concepts.push(await Promise.all(group.map((one) => encodeConcept(one, host))));
  const m =
    several === 'sequential'
      ? removeInTurn(concepts, rho, preserve)
      : removeJointly(concepts.flat(), rho, preserve);
  const probes = await editProbes(
    host,
    groups.flat().map(({ guidance }) => guidance),
  );
  const { conditions, notes } = toEdit(m, probes);
  return { image: () => ({ conditions, trace: () => ({ notes }) }) };
}

/** Target mode: one matrix for each combination of values, given out over the images. */
async function sendToValues(
  { host, attributes, rho, preserve, toEdit }: Edit,
  phrase: string,
  mode: 'quota' | 'iid',
): Promise<PreparedMethod> {
  const shares = wantedShares(attributes, host.targets);
  const words = nounInWords(phrase, attributes, host);
  const { source, guidance } = await encodeConcept(words, host);
  const probes = await editProbes(host, [words.guidance]);
  const edits = new Map<Combination, TextEdit>(
    shares.map((combination, i) => [
      combination,
      toEdit(mistTarget(source, guidance[i]!, rho, preserve), probes),
    ]),
  );
  const assign = createImageAssigner(shares, mode);
  return {
    image(slot) {
      const combination = assign(slot);
      const { conditions, notes } = edits.get(combination)!;
      return { conditions, trace: () => ({ assigned: combination.values, notes }) };
    },
  };
}

function keeps(preserve: string, target: boolean): boolean {
  return preserve === 'always' || (preserve === 'target' && target);
}

/**
 * What must stay where it is: the start row (the same in every prompt), and the end rows of other prompts. Where values are removed,
 * prompts that tell one in words ("a woman") are not kept: their rows hold the very directions that shall go.
 */
async function preserveRows(host: MethodHost, person: FoundPerson, target: boolean): Promise<Row[]> {
  const prompts = preservePrompts(person.noun, person).filter(
    (prompt) => target || !NAMEABLE.some((attribute) => tellsAttribute(prompt, attribute)),
  );
  const [empty] = await host.encode(['']);
  return [rowOf(empty!, 0), ...(await endRows(host, prompts))];
}
