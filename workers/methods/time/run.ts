import { editMatrix } from '../../../src/core/linalg';
import { inWords } from '../inWords';
import { findPeople } from '../language';
import type { StartMethod } from '../method';
import { noHooks } from '../noHooks';
import { choiceOf, numberOf } from '../parameters';
import { createTextEdit, editProbes, type TextEdit } from '../textEdit';
import { valuesPerImage } from '../valuesPerImage';
import { timePairs } from './pairs';

/** TIME (methods.md 5.4) as one matrix on the text for each value, given out over the images. */
export const start: StartMethod = async (host, parameters) => {
  const strength = numberOf(parameters, 'strength');
  if (strength === 0) return noHooks('The strength is 0, so this is the base model.');
  const values = valuesPerImage(host, parameters);
  if (!values.given) return noHooks(values.unchanged);

  const source = findPeople(host.prompt)[0]!.phrase;
  const lambda = numberOf(parameters, 'lambda');
  const edited = choiceOf(parameters, 'edited') === 'values' ? 'values' : 'keys-and-values';
  if (edited === 'values') host.unet.require('splitText');
  const destinations = values.combinations.map((one) => inWords(source, one.values, host.wordFor));
  const probes = await editProbes(host, [destinations]);
  const edits: TextEdit[] = [];
  for (const destination of destinations) {
    const m = editMatrix(await timePairs(host, source, destination), [], lambda);
    edits.push(createTextEdit(m, strength, probes, edited));
  }
  return {
    image(slot) {
      const combination = values.assign(slot);
      const edit = edits[values.combinations.indexOf(combination)]!;
      const notes = { ...values.notes, ...edit.notes };
      return { conditions: edit.conditions, trace: () => ({ assigned: combination.values, notes }) };
    },
  };
};
