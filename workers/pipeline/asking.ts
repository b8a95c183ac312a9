import type { Tensor } from '../../src/core/tensor';
import type { ConditionSet, MethodRun, PreparedMethod, StepInfo, StepPlan } from '../methods/method';
import type { BranchAnswer, BranchInput } from './branches';

/** By branch. */
export type Asked = Readonly<Record<string, BranchInput>>;
export type Answered = Readonly<Record<string, BranchAnswer>>;

/**
 * What the UNet is asked for one image at one step.
 * @param latent scaled for this step. @param probes of the image's lane.
 */
export function questionsOf(
  latent: Tensor,
  set: ConditionSet,
  plan: StepPlan,
  probes: PreparedMethod['probes'],
): Asked {
  const { probe = [], steer = {}, hDelta = {}, readMiddle = [], readSteering = [], directions } = plan;
  if (probe.length > 0 && !probes) {
    throw new RangeError('A plan that probes needs the tokens in PreparedMethod.probes.');
  }
  return Object.fromEntries(
    Object.entries(set).map(([branch, condition]): [string, BranchInput] => [
      branch,
      {
        latent,
        condition,
        ...(probes && probe.includes(branch) ? { probe: probes.tokens } : {}),
        ...(steer[branch] ? { steering: steer[branch] } : {}),
        ...(hDelta[branch] ? { hDelta: hDelta[branch] } : {}),
        ...(readMiddle.includes(branch) ? { readMiddle: true } : {}),
        ...(readSteering.includes(branch) ? { readSteering: directions ? { directions } : {} } : {}),
      },
    ]),
  );
}

/** Gives an image's run what it asked for beside predictions. @returns the predictions by branch. */
export async function handOver(
  run: MethodRun,
  step: StepInfo,
  answered: Answered,
): Promise<Readonly<Record<string, Tensor>>> {
  const [maps, middle, steering] = [
    pick(answered, (answer) => answer.maps),
    pick(answered, (answer) => answer.middle),
    pick(answered, (answer) => answer.steering),
  ];
  if (maps) await run.onMaps?.(step, maps);
  if (middle) run.onMiddle?.(step, middle);
  if (steering) run.onSteering?.(step, steering);
  return pick(answered, (answer) => answer.prediction) ?? {};
}

/** One part of the answers of those branches that have it; undefined when none has. */
function pick<T>(
  answered: Answered,
  part: (answer: BranchAnswer) => T | undefined,
): Readonly<Record<string, T>> | undefined {
  const found = Object.entries(answered).flatMap(([branch, answer]): [string, T][] => {
    const value = part(answer);
    return value === undefined ? [] : [[branch, value]];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}
