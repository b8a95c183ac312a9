import type { Tensor } from '../../src/core/tensor';
import type { ConditionSet, ImageSlot, MethodRun, PreparedMethod } from '../methods/method';
import type { Lane } from '../protocol';
import { stopIfCancelled, yieldToEvents } from './events';
import { guidanceIsOn, mixingScale } from './guidance';
import { checkPicture } from './health';
import { denoise, type LoopImage, type LoopStep } from './loop';
import type { ImageNoise } from './noise';
import { type RunContext, timed } from './parts';
import { promptNote } from './promptNotes';
import type { SharedDenoiser } from './sharing';
import type { LaneWeights } from './weights';

/** The images of one UNet call, before any lane has touched them. */
export interface Batch {
  readonly slots: readonly ImageSlot[];
  /** By position, the same for every lane. */
  readonly noise: readonly ImageNoise[];
}

export interface LaneAtWork {
  readonly lane: Lane;
  readonly weights: LaneWeights;
  /** The request's, as these weights take it. */
  readonly prompt: string;
  /** The method's run for one image; asked for in index order. */
  imageRun(slot: ImageSlot): MethodRun;
  /** Of its method. */
  readonly probes?: PreparedMethod['probes'];
}

interface DrawnImage extends LoopImage {
  /** The prompt that was encoded. */
  readonly prompt: string;
}

/** About so many previews on the way of a batch. */
const PREVIEWS = 5;

/**
 * Draws one batch in one lane, from noise to finished, read images; emits progress, previews and images.
 * @throws whatever a hook, a graph or a check throws; 'cancelled' when the signal came.
 */
export async function drawBatch(
  context: RunContext,
  work: LaneAtWork,
  batch: Batch,
  denoiser: SharedDenoiser,
): Promise<void> {
  const { timings, progress, scheduler, request, signal } = context;
  const start = performance.now();
  const images = await timed(timings, 'encode', () => prepareImages(context, work, batch));
  let stepStart = performance.now();
  let unetSoFar = denoiser.runMilliseconds();
  let savedSoFar = denoiser.saved();
  const latents = await denoise(images, {
    denoiser,
    scheduler,
    guidanceScale: request.guidanceScale,
    signal,
    onPass: (steps) => progress.pass(work.lane.id, images.length, steps),
    async onStep(step) {
      const milliseconds = performance.now() - stepStart;
      const unetNow = denoiser.runMilliseconds();
      timings.denoise += milliseconds;
      timings.unetRun += unetNow - unetSoFar;
      const savedNow = denoiser.saved();
      reportStep(context, work, images, step, savedNow - savedSoFar, milliseconds);
      savedSoFar = savedNow;
      await preview(context, work.lane.id, images, step);
      // What showing costs is no part of the next step.
      stepStart = performance.now();
      unetSoFar = unetNow;
    },
  });
  progress.batch(work.lane.id, images.length);
  const share = (performance.now() - start) / images.length;
  for (const [i, image] of images.entries()) await finish(context, work, image, latents[i]!, share);
}

async function prepareImages(context: RunContext, work: LaneAtWork, batch: Batch): Promise<DrawnImage[]> {
  const images: DrawnImage[] = [];
  for (const [i, slot] of batch.slots.entries()) {
    const run = work.imageRun(slot);
    const prompt = run.rewrite?.(work.prompt) ?? work.prompt;
    if (prompt !== context.request.prompt || work.weights.key !== '') noteOnce(context, work, prompt);
    const base = await encodeBranches(context, work, prompt);
    const conditions = run.conditions?.(base) ?? base;
    images.push({ slot, run, prompt, conditions, noise: batch.noise[i]!, probes: work.probes });
  }
  return images;
}

function noteOnce({ noted, emit }: RunContext, { lane, weights }: LaneAtWork, prompt: string): void {
  const report = weights.tokenizer.report(prompt);
  const unknownWords = report.unknownWords.filter((word) => !weights.ownWords.includes(word));
  const text = promptNote(lane.name, { ...report, unknownWords });
  if (text === undefined || noted.has(text)) return;
  noted.add(text);
  emit({ type: 'note', text });
}

async function encodeBranches(
  { request }: RunContext,
  { weights }: LaneAtWork,
  prompt: string,
): Promise<ConditionSet> {
  const [cond, uncond] = await weights.textEncoder.encode(
    guidanceIsOn(mixingScale(weights.denoiser, request.guidanceScale)) ? [prompt, ''] : [prompt],
  );
  return uncond ? { uncond, cond: cond! } : { cond: cond! };
}

function reportStep(
  context: RunContext,
  work: LaneAtWork,
  images: readonly DrawnImage[],
  step: LoopStep,
  saved: number,
  milliseconds: number,
): void {
  const { timings, progress } = context;
  const evaluations = step.evaluations - saved;
  timings.steps += 1;
  timings.unetEvaluations += evaluations;
  timings.unetEvaluationsShared += saved;
  progress.step(work.lane.id, step.images.length, evaluations, milliseconds);
  emitProgress(
    context,
    work.lane.id,
    step.images.map((position) => images[position]!),
    step.index,
  );
}

function emitProgress(
  { progress, emit }: RunContext,
  laneId: string,
  images: readonly DrawnImage[],
  step: number,
): void {
  const indices = images.map(({ slot }) => slot.index);
  const { done, total } = progress;
  emit({ type: 'progress', done, total, remainingMs: progress.remainingMs(), laneId, indices, step });
}

/** Shows the clean latents as they are guessed now. Costs one decoding once per model, then next to nothing. */
async function preview(
  { parts, scheduler, timings, emit }: RunContext,
  laneId: string,
  images: readonly DrawnImage[],
  step: LoopStep,
): Promise<void> {
  const total = scheduler.timesteps.length;
  const every = Math.max(1, Math.round(total / (PREVIEWS + 1)));
  if ((step.index + 1) % every !== 0 || step.index === total - 1) return;
  if (!parts.previewer.ready) {
    const latent = step.denoised(step.images[0]!);
    parts.previewer.learn(latent, await timed(timings, 'decode', () => parts.decoder.decode(latent)));
  }
  for (const position of step.images) {
    const { index } = images[position]!.slot;
    emit({ type: 'preview', laneId, index, ...parts.previewer.draw(step.denoised(position)) });
  }
}

/** Decodes, checks, reads and hands over one image. @param share its share of the batch's time so far, milliseconds. */
async function finish(
  context: RunContext,
  work: LaneAtWork,
  drawn: DrawnImage,
  latent: Tensor,
  share: number,
): Promise<void> {
  const { parts, request, scheduler, timings, progress, emit, signal } = context;
  const { slot, run, prompt } = drawn;
  await yieldToEvents();
  stopIfCancelled(signal);
  const start = performance.now();
  const picture = await timed(timings, 'decode', () => parts.decoder.decode(latent));
  checkPicture(picture, slot.seed);
  parts.previewer.learn(latent, picture);
  const people = await timed(timings, 'perceive', async () => (await parts.reader?.read(picture)) ?? []);
  const took = performance.now() - start;
  progress.finish(work.lane.id, took);
  const trace = { ...(prompt === request.prompt ? {} : { prompt }), ...run.trace() };
  emit({
    type: 'image',
    image: { laneId: work.lane.id, ...slot, ...picture, people, trace, milliseconds: share + took },
  });
  emitProgress(context, work.lane.id, [drawn], scheduler.timesteps.length - 1);
}
