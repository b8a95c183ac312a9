import type { Scheduler, Walk } from '../../src/core/schedulers';
import { type Tensor, tensor } from '../../src/core/tensor';
import type { ConditionSet, ImageSlot, MethodRun, PreparedMethod, StepInfo } from '../methods/method';
import { type Answered, type Asked, handOver, questionsOf } from './asking';
import type { BranchInput } from './branches';
import type { Denoiser } from './denoiser';
import { stopIfCancelled, yieldToEvents } from './events';
import { defaultCombine, mixingScale } from './guidance';
import { checkLatent } from './health';
import type { ImageNoise } from './noise';

/** One image of a batch on its way. */
export interface LoopImage {
  readonly slot: ImageSlot;
  readonly run: MethodRun;
  readonly conditions: ConditionSet;
  /** Its latents are [channels, height, width]. */
  readonly noise: ImageNoise;
  /** Of its lane's method. */
  readonly probes?: PreparedMethod['probes'];
}

export interface LoopStep {
  readonly index: number;
  /** Positions of the images that took this step: all of them, but in a further pass only those that asked for it. */
  readonly images: readonly number[];
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
  /** Called before each further pass. @param steps it adds, of all images together. */
  onPass?(steps: number): void;
}

/** An image in a pass: its position in the batch, the first step of the pass, and what its steps remember. */
interface Walker {
  readonly position: number;
  readonly from: number;
  readonly walk: Walk;
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
  const { signal, scheduler } = options;
  const total = scheduler.timesteps.length;
  const latents = images.map(({ noise }) => noise.start);
  const setOut = (position: number, from: number): Walker => {
    return { position, from, walk: scheduler.walk(images[position]!.noise.ofStep) };
  };
  let walkers: readonly Walker[] = images.map((_, position) => setOut(position, 0));

  for (let pass = 0; walkers.length > 0; pass++) {
    if (pass > 0) options.onPass?.(walkers.reduce((sum, { from }) => sum + total - from, 0));
    for (let index = Math.min(...walkers.map(({ from }) => from)); index < total; index++) {
      await yieldToEvents();
      stopIfCancelled(signal);
      const walking = walkers.filter(({ from }) => from <= index);
      const step = await takeStep(images, latents, walking, index, pass, options);
      await options.onStep(step);
    }
    const again: Walker[] = [];
    for (const { position } of walkers) {
      const next = await images[position]!.run.nextPass?.(pass);
      if (!next) continue;
      latents[position] = next.latent;
      again.push(setOut(position, next.from));
    }
    walkers = again;
  }
  await yieldToEvents();
  stopIfCancelled(signal);
  return latents;
}

/** One step of these images; replaces their latents. */
async function takeStep(
  images: readonly LoopImage[],
  latents: Tensor[],
  walkers: readonly Walker[],
  index: number,
  pass: number,
  options: LoopOptions,
): Promise<LoopStep> {
  const { scheduler, denoiser, guidanceScale } = options;
  const mixing = mixingScale(denoiser, guidanceScale);
  const asked = walkers.map(({ position }): Asked => {
    const { run, slot, conditions, probes } = images[position]!;
    const info = stepInfo(slot, index, pass, options);
    const set = run.stepConditions?.(info, conditions) ?? conditions;
    const { data, dims } = latents[position]!;
    return questionsOf(
      { data: scheduler.scaleInput(data, index), dims },
      set,
      run.plan?.(info) ?? {},
      probes,
    );
  });
  const answered = await askAll(denoiser, asked, scheduler.timesteps[index]!, guidanceScale);

  const clean = new Map<number, (latent?: Tensor) => Tensor>();
  for (const [i, { position, walk }] of walkers.entries()) {
    const { run, slot } = images[position]!;
    const info = stepInfo(slot, index, pass, options);
    const current = latents[position]!;
    const predictions = await handOver(run, info, answered[i]!);
    const combined = run.combine?.(info, predictions) ?? defaultCombine(predictions, mixing);
    const denoised = (latent = current) =>
      tensor(scheduler.denoised(combined.data, index, latent.data), latent.dims);
    clean.set(position, denoised);
    const before = run.preStep?.(info, current, combined, denoised) ?? current;
    const stepped = tensor(walk.step(combined.data, index, before.data), before.dims);
    const after = run.postStep?.(info, stepped) ?? stepped;
    checkLatent(after, slot.seed, index);
    latents[position] = after;
  }
  return {
    index,
    images: walkers.map(({ position }) => position),
    evaluations: asked.reduce((sum, one) => sum + Object.keys(one).length, 0),
    denoised: (position) => clean.get(position)!(),
  };
}

function stepInfo(
  slot: ImageSlot,
  index: number,
  pass: number,
  { scheduler, denoiser, guidanceScale }: LoopOptions,
): StepInfo {
  return {
    index,
    total: scheduler.timesteps.length,
    pass,
    timestep: scheduler.timesteps[index]!,
    alphaBar: scheduler.alphaBarAt(index),
    guidanceScale: mixingScale(denoiser, guidanceScale),
    seed: slot.seed,
    imageIndex: slot.index,
  };
}

/** Every branch of every image in one call of the UNet; the answers sorted back by image and branch. */
async function askAll(
  denoiser: Denoiser,
  asked: readonly Asked[],
  timestep: number,
  guidanceScale: number,
): Promise<readonly Answered[]> {
  const inputs = inOneGraph(asked.flatMap((branches) => Object.values(branches)));
  const answers = (await denoiser.predict(inputs, timestep, guidanceScale)).values();
  return asked.map((branches) =>
    Object.fromEntries(Object.keys(branches).map((branch) => [branch, answers.next().value!])),
  );
}

/** Where one input of a call is steered, all of them go to the graph that can: steered by nothing, which changes nothing. */
function inOneGraph(inputs: readonly BranchInput[]): readonly BranchInput[] {
  return inputs.some(({ steering, readSteering }) => steering ?? readSteering)
    ? inputs.map((input) => ({ steering: {}, ...input }))
    : inputs;
}
