import { inWords } from '../inWords';
import type { Condition, MethodHost, StartMethod } from '../method';
import { noHooks } from '../noHooks';
import { numberOf } from '../parameters';
import { rehearsalSeeds } from '../rehearsed';
import { valuesPerImage } from '../valuesPerImage';
import { valuesOf } from '../words';
import { createDirection, type Direction, pushOf } from './direction';

/** Tells no value; directions learnt from it serve every prompt (Li et al. 2024). */
const NEUTRAL = 'a photo of a person';

/** Self-discovering directions (methods.md 6.8): the mid-block's output, pushed at every step towards each image's value. */
export const start: StartMethod = async (host, parameters) => {
  const strength = numberOf(parameters, 'strength');
  if (strength === 0) return noHooks('The strength is 0, so this is the base model.');
  const values = valuesPerImage(host, parameters);
  if (!values.given) return noHooks(values.unchanged);
  const pictures = numberOf(parameters, 'pictures');

  const [plain] = await host.encode([NEUTRAL]);
  const directions = new Map<string, Direction>();
  for (const attribute of values.attributes) {
    for (const value of valuesOf(attribute)) {
      const told = inWords(NEUTRAL, { [attribute]: value }, host.wordFor);
      directions.set(`${attribute} ${value}`, await directionOf(host, told, plain!, pictures));
    }
  }
  return {
    image(slot) {
      const assigned = values.assign(slot).values;
      const towards = Object.entries(assigned).map(
        ([attribute, value]) => directions.get(`${attribute} ${value}`)!,
      );
      const push = pushOf(towards, strength);
      return {
        plan: () => ({ hDelta: { cond: push } }),
        trace: () => ({
          assigned,
          notes: {
            ...values.notes,
            'measured on pictures': pictures,
            'push, as a share of the mid-block': strength * Math.max(...towards.map(({ share }) => share)),
          },
        }),
      };
    },
  };
};

/** Pictures of the value are drawn with its word; at each step the UNet is asked without the word too. */
function directionOf(host: MethodHost, told: string, plain: Condition, pictures: number): Promise<Direction> {
  return host.remember(JSON.stringify([told, pictures]), async () => {
    const gathered = createDirection(host.unet.middle!.channels);
    await host.rehearse({
      prompt: told,
      seeds: rehearsalSeeds(pictures),
      run: () => ({
        stepConditions: (_, base) => ({ ...base, plain }),
        plan: () => ({ readMiddle: ['cond', 'plain'] }),
        onMiddle: (_, middle) => gathered.add(middle.cond!, middle.plain!),
      }),
    });
    return gathered.direction();
  });
}
