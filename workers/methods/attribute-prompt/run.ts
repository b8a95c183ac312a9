import { createImageAssigner, wantedShares } from '../assign';
import { inWords } from '../inWords';
import { findPeople, tellsAttribute } from '../language';
import type { StartMethod } from '../method';
import { choiceOf } from '../parameters';
import { chosenAttributes } from '../sharedParameters';
import type { Nameable } from '../words';

/**
 * One value per image, put into words before the head noun of the first person noun. With several people in the picture
 * ("two doctors") all get the same value: words alone cannot give each their own.
 */
export const start: StartMethod = async (host, parameters) => {
  const attributes = chosenAttributes(choiceOf(parameters, 'attribute'));
  const told = attributes.filter((attribute) => tellsAttribute(host.prompt, attribute));
  const wanted = attributes.filter((attribute) => !told.includes(attribute));
  const hasPerson = findPeople(host.prompt).length > 0;
  const mode = choiceOf(parameters, 'assignment') === 'iid' ? 'iid' : 'quota';
  const assign = createImageAssigner(wantedShares(wanted, host.targets), mode);
  const notes = notesOn(told, hasPerson);

  return {
    image(slot) {
      if (!hasPerson || wanted.length === 0) return { trace: () => ({ notes }) };
      const { values } = assign(slot);
      return {
        rewrite: (prompt) => inWords(prompt, values, host.wordFor),
        trace: () => ({ assigned: values, notes }),
      };
    },
  };
};

function notesOn(told: readonly Nameable[], hasPerson: boolean): Record<string, string> {
  if (!hasPerson)
    return { unchanged: 'The prompt names no person, so there is no noun to put a word before.' };
  if (told.length === 0) return {};
  return { unchanged: `The prompt already tells the ${told.join(' and the ')}, so it is left as it is.` };
}
