import { inWords } from '../inWords';
import type { Condition, StartMethod } from '../method';
import { noHooks } from '../noHooks';
import { numberOf } from '../parameters';
import { valuesPerImage } from '../valuesPerImage';

/** Weak guidance (methods.md 6.3): the rows from the end token on move towards the value, on even steps of the first part. */
export const start: StartMethod = async (host, parameters) => {
  const strength = numberOf(parameters, 'strength');
  if (strength === 0) return noHooks('The strength is 0, so this is the base model.');
  const values = valuesPerImage(host, parameters);
  if (!values.given) return noHooks(values.unchanged);
  const until = numberOf(parameters, 'until');
  const [plain, ...telling] = await host.encode([
    host.prompt,
    ...values.combinations.map((combination) => inWords(host.prompt, combination.values, host.wordFor)),
  ]);
  const nudged = telling.map((condition) => nudge(plain!, condition, strength));
  return {
    image(slot) {
      const combination = values.assign(slot);
      const cond = nudged[values.combinations.indexOf(combination)]!;
      return {
        stepConditions: ({ index, total }, base) =>
          index % 2 === 0 && index < Math.round(until * total) ? { ...base, cond } : base,
        trace: () => ({ assigned: combination.values, notes: values.notes }),
      };
    },
  };
};

/** c_j + strength (e_j' - c_j) for every row j from the end token on, j' as far behind the other prompt's end token. */
export function nudge(plain: Condition, telling: Condition, strength: number): Condition {
  const [tokens, width] = plain.k.dims as [number, number];
  const data = plain.k.data.slice();
  for (let j = plain.eos; j < tokens; j++) {
    const other = Math.min(j - plain.eos + telling.eos, tokens - 1);
    for (let i = 0; i < width; i++) {
      const here = data[j * width + i]!;
      data[j * width + i] = here + strength * (telling.k.data[other * width + i]! - here);
    }
  }
  const rows = { data, dims: plain.k.dims };
  return { ...plain, k: rows, v: rows };
}
