import { EvenhandError } from '../../../src/core/errors';
import type { Tensor } from '../../../src/core/tensor';
import { defaultCombine } from '../../pipeline/guidance';
import type { Parameters } from '../../protocol';
import { inWords } from '../inWords';
import type { Condition, ConditionSet, MethodHost, MethodRun, StartMethod, StepInfo } from '../method';
import { noHooks } from '../noHooks';
import { numberOf } from '../parameters';
import { valuesPerImage } from '../valuesPerImage';
import { type Nameable, valuesOf } from '../words';
import { createSemanticGuidance, type EditConcept, type SegaSettings } from './sega';

/** In runs this short each step is a leap of its own, and what the last one did is no guide (methods.md, section 1). */
const MOST_STEPS_WITHOUT_MOMENTUM = 8;

/** FairDiffusion: semantic guidance towards the value that an image was given, and away from the attribute's others. */
export const start: StartMethod = async (host, parameters) => {
  if (numberOf(parameters, 'scale') === 0) return noHooks('The strength is 0, so this is the base model.');
  const schedule = scheduleOf(parameters);
  const values = valuesPerImage(host, parameters);
  if (!values.given) return noHooks(values.unchanged);
  const prompts = await editPrompts(host, values.attributes);
  return {
    image(slot) {
      const assigned = values.assign(slot).values;
      const hooks = steer(
        prompts.map((prompt) => directed(prompt, assigned)),
        settingsOf(parameters),
        schedule,
      );
      return { ...hooks, trace: () => ({ assigned, notes: values.notes }) };
    },
  };
};

/** When steering happens, in shares of the steps. */
interface Schedule {
  readonly warmup: number;
  readonly cooldown: number;
}

/** @throws EvenhandError 'method-parameter' when no step would be steered. */
function scheduleOf(parameters: Parameters): Schedule {
  const schedule = { warmup: numberOf(parameters, 'warmup'), cooldown: numberOf(parameters, 'cooldown') };
  if (schedule.warmup < schedule.cooldown) return schedule;
  throw new EvenhandError(
    'method-parameter',
    `FairDiffusion cools down after ${schedule.cooldown} of the steps, before its warm-up of ${schedule.warmup} is over, so it would never steer.`,
    'Let the cool-down begin after the warm-up.',
  );
}

function settingsOf(parameters: Parameters): SegaSettings {
  return {
    scale: numberOf(parameters, 'scale'),
    threshold: numberOf(parameters, 'threshold'),
    momentumScale: numberOf(parameters, 'momentumScale'),
    momentumBeta: numberOf(parameters, 'momentumBeta'),
  };
}

interface EditPrompt {
  readonly attribute: Nameable;
  readonly value: string;
  readonly condition: Condition;
}

/** "a female person" in the words of the captions ("a woman"), for every value of every attribute. */
async function editPrompts(host: MethodHost, attributes: readonly Nameable[]): Promise<EditPrompt[]> {
  const named = attributes.flatMap((attribute) => valuesOf(attribute).map((value) => ({ attribute, value })));
  const conditions = await host.encode(
    named.map(({ attribute, value }) => inWords('a person', { [attribute]: value }, host.wordFor)),
  );
  return named.map((one, i) => ({ ...one, condition: conditions[i]! }));
}

interface DirectedPrompt {
  readonly branch: string;
  readonly condition: Condition;
  readonly direction: 1 | -1;
  readonly weight: number;
}

/** Towards the assigned value with weight 1; away from its K - 1 others, which share the weight of 1. */
function directed(
  { attribute, value, condition }: EditPrompt,
  assigned: Readonly<Record<string, string>>,
): DirectedPrompt {
  const towards = assigned[attribute] === value;
  return {
    branch: `edit ${attribute} ${value}`,
    condition,
    direction: towards ? 1 : -1,
    weight: towards ? 1 : 1 / (valuesOf(attribute).length - 1),
  };
}

function steer(
  prompts: readonly DirectedPrompt[],
  settings: SegaSettings,
  { warmup, cooldown }: Schedule,
): Pick<MethodRun, 'stepConditions' | 'combine'> {
  let guide: ReturnType<typeof createSemanticGuidance> | undefined;
  const branches = Object.fromEntries(prompts.map(({ branch, condition }) => [branch, condition]));
  const withMomentum = ({ total }: StepInfo) =>
    total > MOST_STEPS_WITHOUT_MOMENTUM && settings.momentumScale > 0;
  const isOver = (share: number, { index, total }: StepInfo) => index >= Math.round(share * total);
  /** Warm-up needs the edits for the momentum only; after the cool-down they are needed no more. */
  const asksForEdits = (step: StepInfo) =>
    (isOver(warmup, step) || withMomentum(step)) && !isOver(cooldown, step);

  return {
    stepConditions: (step, base): ConditionSet => (asksForEdits(step) ? { ...base, ...branches } : base),
    combine(step, predictions): Tensor {
      const guided = defaultCombine(predictions, step.guidanceScale);
      guide ??= createSemanticGuidance(withMomentum(step) ? settings : { ...settings, momentumScale: 0 });
      const concepts = prompts.flatMap(({ branch, direction, weight }): EditConcept[] => {
        const prediction = predictions[branch];
        return prediction ? [{ prediction, direction, weight }] : [];
      });
      const gamma = guide(concepts, predictions.uncond ?? predictions.cond!);
      if (!isOver(warmup, step)) return guided;
      return { data: guided.data.map((value, i) => value + gamma[i]!), dims: guided.dims };
    },
  };
}
