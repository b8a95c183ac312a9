import { inWords } from '../inWords';
import type { StartMethod } from '../method';
import { noHooks } from '../noHooks';
import { valuesPerImage } from '../valuesPerImage';

/**
 * One value per image, put into words before the head noun of the first person noun. With several people in the picture
 * ("two doctors") all get the same value: words alone cannot give each their own.
 */
export const start: StartMethod = async (host, parameters) => {
  const values = valuesPerImage(host, parameters);
  if (!values.given) return noHooks(values.unchanged);
  return {
    image(slot) {
      const assigned = values.assign(slot).values;
      return {
        rewrite: (prompt) => inWords(prompt, assigned, host.wordFor),
        trace: () => ({ assigned, notes: values.notes }),
      };
    },
  };
};
