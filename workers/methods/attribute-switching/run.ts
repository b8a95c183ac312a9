import { inWords } from '../inWords';
import type { StartMethod } from '../method';
import { noHooks } from '../noHooks';
import { numberOf } from '../parameters';
import { valuesPerImage } from '../valuesPerImage';

/**
 * The plain prompt for the first steps, the prompt that tells the image's value for the rest (methods.md 6.2). On a schedule of evenly
 * spaced timesteps a share of 0.15 of the steps is a switch at 850 of 1000.
 */
export const start: StartMethod = async (host, parameters) => {
  const switchAfter = numberOf(parameters, 'switchAfter');
  if (switchAfter === 1) return noHooks('The text never switches, so this is the base model.');
  const values = valuesPerImage(host, parameters);
  if (!values.given) return noHooks(values.unchanged);
  const telling = await host.encode(
    values.combinations.map((combination) => inWords(host.prompt, combination.values, host.wordFor)),
  );
  return {
    image(slot) {
      const combination = values.assign(slot);
      const cond = telling[values.combinations.indexOf(combination)]!;
      return {
        stepConditions: ({ index, total }, base) =>
          index < Math.round(switchAfter * total) ? base : { ...base, cond },
        trace: () => ({
          assigned: combination.values,
          notes: { ...values.notes, 'switches to': cond.prompt },
        }),
      };
    },
  };
};
