import type { Scheduler } from '../../src/core/schedulers';
import { type Tensor, tensor } from '../../src/core/tensor';
import type { ConditionSet, ImageSlot, MethodRun, StepInfo } from '../methods/method';
import type { Denoiser } from './denoiser';
import { stopIfCancelled, yieldToEvents } from './events';
import { defaultCombine } from './guidance';
import { checkLatent } from './health';

/** One image of a batch on its way. */
export interface LoopImage {
  readonly slot: ImageSlot;
  readonly run: MethodRun;
  readonly conditions: ConditionSet;
  /** Starting latent [channels, height, width], already scaled by the scheduler's initNoiseSigma. */
  readonly latent: Tensor;
}

export interface LoopStep {
  readonly index: number;
  /** UNet evaluations of this step: images times branches. */
  readonly evaluations: number;
  /** Current estimate of image i's clean latent. */
  denoised(image: number): Tensor;
}

export interface LoopOptions {
  readonly denoiser: Denoiser;
  readonly scheduler: Scheduler;
  readonly guidanceScale: number;
  readonly signal: AbortSignal;
  /** Called after each step; the next one waits for it. */
  onStep(step: LoopStep): void | Promise<void>;
}

/**
 * The denoise loop (methods.md, section 10.3). It knows no method by name: whatever differs between lanes comes in through
 * the hooks of each image's run, and an image whose run has no hooks is drawn as the base lane draws it.
 * @returns the final latents, in the order of the images.
 * @throws EvenhandError 'cancelled' before the step after the one in which the signal came; 'numerics-wrong' on NaN.
 */
export async function denoise(
  images: readonly LoopImage[],
  options: LoopOptions,
): Promise<readonly Tensor[]> {
  const { denoiser, scheduler, signal } = options;
  const total = scheduler.timesteps.length;
  let latents: readonly Tensor[] = images.map(({ latent }) => latent);

  for (let index = 0; index < total; index++) {
    await yieldToEvents();
    stopIfCancelled(signal);
    const infos = images.map(({ slot }) => stepInfo(slot, index, options));
    const sets = images.map(
      ({ run, conditions }, i) => run.stepConditions?.(infos[i]!, conditions) ?? conditions,
    );
    const predictions = await predictAll(denoiser, scheduler, latents, sets, index);

    const current = latents;
    const combined = images.map(
      ({ run }, i) =>
        run.combine?.(infos[i]!, predictions[i]!) ?? defaultCombine(predictions[i]!, options.guidanceScale),
    );
    const denoised = (i: number, latent = current[i]!) =>
      tensor(scheduler.denoised(combined[i]!.data, index, latent.data), latent.dims);
    latents = images.map(({ run, slot }, i) => {
      const info = infos[i]!;
      const before =
        run.preStep?.(info, current[i]!, combined[i]!, (latent) => denoised(i, latent)) ?? current[i]!;
      const stepped = tensor(scheduler.step(combined[i]!.data, index, before.data), before.dims);
      const after = run.postStep?.(info, stepped) ?? stepped;
      checkLatent(after, slot.seed, index);
      return after;
    });
    const evaluations = sets.reduce((sum, set) => sum + Object.keys(set).length, 0);
    await options.onStep({ index, evaluations, denoised });
  }
  await yieldToEvents();
  stopIfCancelled(signal);
  return latents;
}

function stepInfo(slot: ImageSlot, index: number, { scheduler, guidanceScale }: LoopOptions): StepInfo {
  return {
    index,
    total: scheduler.timesteps.length,
    timestep: scheduler.timesteps[index]!,
    alphaBar: scheduler.alphaBarAt(index),
    guidanceScale,
    seed: slot.seed,
    imageIndex: slot.index,
  };
}

/** Every branch of every image in one call of the UNet; the answers sorted back by image and branch. */
async function predictAll(
  denoiser: Denoiser,
  scheduler: Scheduler,
  latents: readonly Tensor[],
  sets: readonly ConditionSet[],
  index: number,
): Promise<readonly Readonly<Record<string, Tensor>>[]> {
  const inputs = sets.flatMap((set, i) => {
    const { data, dims } = latents[i]!;
    const latent = { data: scheduler.scaleInput(data, index), dims };
    return Object.values(set).map((condition) => ({ latent, condition }));
  });
  const answers = (await denoiser.predict(inputs, scheduler.timesteps[index]!)).values();
  return sets.map((set) =>
    Object.fromEntries(Object.keys(set).map((branch) => [branch, answers.next().value!])),
  );
}
