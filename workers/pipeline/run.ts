import { type ErrorReport, EvenhandError, reportOf } from '../../src/core/errors';
import { createScheduler } from '../../src/core/schedulers';
import type { ImageSlot, MethodRun, PreparedMethod } from '../methods/method';
import type { Projector } from '../projector/types';
import type { RunOutcome, RunRequest } from '../protocol';
import { type Batch, drawBatch, type LaneAtWork } from './batch';
import { stopIfCancelled } from './events';
import { guidanceIsOn, mixingScale } from './guidance';
import { prepareLane } from './lanes';
import { noiseOf } from './noise';
import { type Emit, noTimings, type PipelineParts, type RunContext, timed } from './parts';
import { createProgress } from './progress';
import { rehearseLane } from './rehearsal';
import { checkRequest, indicesOf } from './request';
import { createSharing, type Expected, type Sharing } from './sharing';
import { guidanceNote } from './variants';
import type { LaneWeights } from './weights';

/**
 * Runs one request: for each batch of seeds, each lane on that batch, so that all lanes fill in together.
 * A lane that fails is reported by 'lane-failed' and the others go on. The request fails when its last lane did, or
 * when the device is lost.
 * @param wrap puts something around the method of every lane, for who looks on while it draws.
 * @returns how it ended; never rejects.
 */
export async function runRequest(
  parts: PipelineParts,
  request: RunRequest,
  emit: Emit,
  signal: AbortSignal,
  projectors: readonly Projector[],
  wrap: RunContext['wrap'] = (method) => method,
): Promise<RunOutcome> {
  const timings = noTimings();
  try {
    checkRequest(request);
    const scheduler = createScheduler(request.scheduler, parts.schedulerConfig, request.steps);
    const denoiser = await parts.denoiserOf(request.variant, (progress) =>
      emit({ type: 'loading', progress }),
    );
    const progress = createProgress({
      lanes: request.lanes.map(({ id }) => id),
      images: indicesOf(request).length,
      steps: scheduler.timesteps.length,
      branches: guidanceIsOn(mixingScale(denoiser, request.guidanceScale)) ? 2 : 1,
    });
    const noted = new Set<string>();
    const note = guidanceNote(request, parts.variants);
    if (note !== undefined) emit({ type: 'note', text: note });
    const context = {
      ...{ parts, request, projectors, scheduler, emit, signal, timings, progress, noted, wrap },
    };
    const failure = await runLanes(context);
    return failure ? { type: 'failed', error: failure, timings } : { type: 'done', timings };
  } catch (error) {
    if (hasCode(error, 'cancelled')) return { type: 'cancelled', timings };
    return { type: 'failed', error: reportOf(error), timings };
  }
}

/** @returns the last failure when no lane came through, else undefined. */
async function runLanes(context: RunContext): Promise<ErrorReport | undefined> {
  const { request, signal } = context;
  const failures: ErrorReport[] = [];
  let active: LaneAtWork[] = [];
  for (const lane of request.lanes) {
    const work = await orReport(context, lane.id, failures, () => startLane(context, lane));
    if (work) active.push(work);
  }
  const indices = indicesOf(request);
  for (let first = 0; first < indices.length && active.length > 0; first += request.batchSize) {
    const batch = startBatch(context, indices.slice(first, first + request.batchSize));
    const sharings = new Map<LaneWeights, Sharing>();
    const alive: LaneAtWork[] = [];
    for (const [i, work] of active.entries()) {
      stopIfCancelled(signal);
      const done = await orReport(context, work.lane.id, failures, async () => {
        const sharing = sharingOf(context, sharings, work.weights);
        const expected = await expectedOf(context, work, active.slice(i + 1));
        await drawBatch(context, work, batch, sharing.lane(expected));
        return work;
      });
      if (done) alive.push(work);
    }
    active = alive;
  }
  return active.length === 0 ? failures.at(-1) : undefined;
}

/** Steps are shared among lanes that draw with the same weights, and with no others. */
function sharingOf(
  { parts }: RunContext,
  sharings: Map<LaneWeights, Sharing>,
  weights: LaneWeights,
): Sharing {
  const known = sharings.get(weights) ?? createSharing(weights.denoiser, { byRow: parts.rowsStandAlone });
  sharings.set(weights, known);
  return known;
}

/** What the lanes to come may ask that the ones before them, with the same weights, can ask for them. */
async function expectedOf(
  { scheduler }: RunContext,
  { weights, prompt }: LaneAtWork,
  after: readonly LaneAtWork[],
): Promise<Expected | undefined> {
  const later = after.filter((other) => other.weights === weights);
  if (later.length === 0) return undefined;
  const [plain] = await weights.textEncoder.encode([prompt]);
  const { timesteps } = scheduler;
  return {
    plain: plain!,
    probes: later.flatMap(({ probes }) => probes ?? []),
    placeOf: (timestep) => timesteps.indexOf(timestep) / timesteps.length,
  };
}

async function startLane(context: RunContext, lane: LaneAtWork['lane']): Promise<LaneAtWork> {
  const { request, projectors, parts, signal, timings, wrap, emit } = context;
  const { attributes, model, remembered, decoder, reader } = parts;
  const weights = await parts.weights.of(request.variant, lane.delta, (progress) =>
    emit({ type: 'loading', progress }),
  );
  const method = wrap(
    await timed(timings, 'encode', () =>
      prepareLane(lane, {
        ...{ request, attributes, weights, model, projectors, signal, remembered, decoder, reader },
        rehearse: (rehearsal) => rehearseLane(context, weights, lane.id, rehearsal),
      }),
    ),
  );
  const imageRun = inIndexOrder(method, request.seeds);
  return { lane, weights, prompt: weights.promptFor(request.prompt), imageRun, probes: method.probes };
}

/** Asks the method for every image in index order, also for those that are not drawn: its quota counts them all. */
function inIndexOrder(method: PreparedMethod, seeds: readonly number[]): (slot: ImageSlot) => MethodRun {
  let next = 0;
  return (slot) => {
    for (; next < slot.index; next++) method.image({ index: next, seed: seeds[next]! });
    next = slot.index + 1;
    return method.image(slot);
  };
}

function startBatch({ request, parts, scheduler }: RunContext, indices: readonly number[]): Batch {
  const slots = indices.map((index) => ({ index, seed: request.seeds[index]! }));
  return { slots, noise: slots.map(({ seed }) => noiseOf(seed, parts.latentDims, scheduler)) };
}

/** Turns the failure of one lane into an event; what ends the whole run is passed on. */
async function orReport<T>(
  { emit, progress }: RunContext,
  laneId: string,
  failures: ErrorReport[],
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (failure) {
    if (hasCode(failure, 'cancelled') || hasCode(failure, 'device-lost')) throw failure;
    const error = reportOf(failure);
    failures.push(error);
    progress.drop(laneId);
    emit({ type: 'lane-failed', laneId, error });
    return undefined;
  }
}

function hasCode(error: unknown, code: EvenhandError['code']): boolean {
  return error instanceof EvenhandError && error.code === code;
}
