import { inWords } from '../inWords';
import type { MethodHost, StartMethod, Steering } from '../method';
import { noHooks } from '../noHooks';
import { choiceOf, numberOf } from '../parameters';
import { createStepMeans, rehearsalSeeds } from '../rehearsed';
import { valuesPerImage } from '../valuesPerImage';
import { valuesOf } from '../words';
import { type Outputs, steeringOf } from './vectors';

/** EquiSteer (methods.md 6.4): the outputs of the cross-attentions under the plain prompt, steered towards each image's value. */
export const start: StartMethod = async (host, parameters) => {
  const strength = numberOf(parameters, 'strength');
  if (strength === 0) return noHooks('The strength is 0, so this is the base model.');
  const values = valuesPerImage(host, parameters);
  if (!values.given) return noHooks(values.unchanged);
  const pictures = numberOf(parameters, 'pictures');
  const renorm = choiceOf(parameters, 'length') === 'kept';

  const plain = await outputsOf(host, host.prompt, pictures);
  const telling = new Map<string, readonly Outputs[]>();
  for (const attribute of values.attributes) {
    for (const value of valuesOf(attribute)) {
      const prompt = inWords(host.prompt, { [attribute]: value }, host.wordFor);
      telling.set(`${attribute} ${value}`, await outputsOf(host, prompt, pictures));
    }
  }
  const steerings = values.combinations.map((combination): readonly Steering[] => {
    const towards = Object.entries(combination.values).map(([attribute, value]) => `${attribute} ${value}`);
    return plain.map((outputs, step) =>
      steeringOf(
        host.unet.crossAttentions,
        outputs,
        [...telling.values()].map((steps) => steps[step]!),
        towards.map((name) => telling.get(name)![step]!),
        strength,
        renorm,
      ),
    );
  });
  return {
    image(slot) {
      const combination = values.assign(slot);
      const steering = steerings[values.combinations.indexOf(combination)]!;
      return {
        plan: ({ index }) => ({ steer: { cond: steering[index]! } }),
        trace: () => ({
          assigned: combination.values,
          notes: { ...values.notes, 'measured on pictures': pictures },
        }),
      };
    },
  };
};

/** By step, the mean outputs of the cross-attentions over pictures of a prompt and over pixels. */
function outputsOf(host: MethodHost, prompt: string, pictures: number): Promise<readonly Outputs[]> {
  return host.remember(JSON.stringify([prompt, pictures]), async () => {
    const means = createStepMeans();
    await host.rehearse({
      prompt,
      seeds: rehearsalSeeds(pictures),
      run: () => ({
        plan: () => ({ readSteering: ['cond'] }),
        onSteering: ({ index }, { cond }) => means.add(index, cond!.means),
      }),
    });
    return Array.from({ length: host.steps }, (_, step) => means.mean(step));
  });
}
