import type { Scheduler } from '../../src/core/schedulers';
import type { Rehearsal } from '../methods/method';
import type { RunRequest } from '../protocol';
import { guidanceIsOn, mixingScale } from './guidance';
import { denoise } from './loop';
import { noiseOf } from './noise';
import type { PipelineParts, RunContext } from './parts';
import type { LaneWeights } from './weights';

export interface RehearsalContext {
  readonly parts: Pick<PipelineParts, 'latentDims'>;
  readonly weights: Pick<LaneWeights, 'textEncoder' | 'denoiser'>;
  readonly request: Pick<RunRequest, 'guidanceScale'>;
  readonly scheduler: Scheduler;
  readonly signal: AbortSignal;
}

/** Pictures in one call, whatever the request has: what is measured is kept for other requests. */
const BATCH = 4;

/**
 * Takes pictures through the steps of a request while a method prepares, for what its hooks read on the way; nothing is decoded.
 * @param onStep called after each step of a batch of so many images.
 */
export async function rehearse(
  { parts, weights, request, scheduler, signal }: RehearsalContext,
  { prompt, seeds, run }: Rehearsal,
  onStep: (step: { index: number; images: number; evaluations: number; milliseconds: number }) => void,
): Promise<void> {
  const { guidanceScale } = request;
  const guided = guidanceIsOn(mixingScale(weights.denoiser, guidanceScale));
  const prompts = guided ? [prompt, ''] : [prompt];
  const [cond, uncond] = await weights.textEncoder.encode(prompts);
  const conditions = uncond ? { uncond, cond: cond! } : { cond: cond! };
  for (let first = 0; first < seeds.length; first += BATCH) {
    const batch = seeds.slice(first, first + BATCH);
    const images = batch.map((seed, i) => ({
      slot: { index: first + i, seed },
      run: { trace: () => ({}), ...run(seed) },
      conditions,
      noise: noiseOf(seed, parts.latentDims, scheduler),
    }));
    let start = performance.now();
    await denoise(images, {
      ...{ denoiser: weights.denoiser, scheduler, guidanceScale, signal },
      onStep({ index, evaluations }) {
        onStep({ index, images: batch.length, evaluations, milliseconds: performance.now() - start });
        start = performance.now();
      },
    });
  }
}

/** Counts as work of the lane, so that the page sees it go on. */
export async function rehearseLane(
  context: RunContext,
  weights: LaneWeights,
  laneId: string,
  rehearsal: Rehearsal,
): Promise<void> {
  const { progress, timings, scheduler, emit } = context;
  progress.prepare(laneId, rehearsal.seeds.length * scheduler.timesteps.length);
  await rehearse({ ...context, weights }, rehearsal, ({ index, images, evaluations, milliseconds }) => {
    timings.unetEvaluationsPreparing += evaluations;
    progress.step(laneId, images, evaluations, milliseconds);
    const { done, total } = progress;
    const remainingMs = progress.remainingMs();
    emit({ type: 'progress', done, total, remainingMs, laneId, indices: [], step: index });
  });
}
