import * as Comlink from 'comlink';
import { EvenhandError, reportOf } from '../src/core/errors';
import { createEngine } from './engineCore';
import type { InspectedImage } from './inspect/types';
import { filesSource } from './pipeline/filesSource';
import { httpSource } from './pipeline/httpSource';
import type { Engine, RunEvent } from './protocol';
import { keptReferences } from './references';
import { createWebRuntime } from './runtime/web';

/**
 * The worker's entry: the engine on this browser's backends, exposed to the page by comlink.
 * The page's watchdog ends the whole worker when a step never returns; nothing is held here that must be put away first.
 */
const engine = createEngine({
  openSource: (place) => (place.kind === 'url' ? httpSource(place.baseUrl) : filesSource(place)),
  openRuntime: createWebRuntime,
  references: keptReferences(),
});

const surface: Engine = {
  async load(place, backend, onProgress, budget) {
    return engine.load(place, backend, onProgress, budget);
  },
  inspectPrompt: engine.inspectPrompt,
  async checkDevice(onSign) {
    return engine.checkDevice(onSign);
  },
  cancel: engine.cancel,
  trainProjector: engine.trainProjector,
  findWeights: engine.findWeights,
  describeDelta: engine.describeDelta,
  perceiveWith: engine.perceiveWith,
  async inspect(job, onProgress, projectors, deltas) {
    const answer = await engine.inspect(job, onProgress, projectors, deltas);
    return answer.ok ? Comlink.transfer(answer, buffersOf(answer.value)) : answer;
  },
  async generate(request, onEvent, projectors, deltas) {
    // The page's callback answers through its own message port. Its last answer is waited for, so that the outcome,
    // which takes another port, cannot arrive before the last event.
    let delivered: unknown;
    const deliver = (event: RunEvent) => {
      delivered = onEvent(transferred(event));
    };
    const outcome = await engine.generate(request, deliver, projectors, deltas);
    try {
      await delivered;
    } catch (error) {
      return { type: 'failed', error: reportOf(callbackFailed(error)), timings: outcome.timings };
    }
    return outcome;
  },
};

/** Pixels change hands instead of being copied. */
function transferred(event: RunEvent): RunEvent {
  if (event.type === 'image') return Comlink.transfer(event, [event.image.pixels.buffer]);
  if (event.type === 'preview') return Comlink.transfer(event, [event.pixels.buffer]);
  return event;
}

/** A megabyte or more: it changes hands too. */
function buffersOf({ image, steps }: InspectedImage): ArrayBuffer[] {
  return [
    image.pixels.buffer,
    ...steps.flatMap(({ preview, maps }) => [
      preview.pixels.buffer,
      ...maps.flatMap(({ data, largest }) => [data.buffer, largest.buffer]),
    ]),
  ];
}

function callbackFailed(cause: unknown): EvenhandError {
  return new EvenhandError(
    'internal',
    'The page could not take in what the engine made.',
    'Reload the page and try again; if it happens twice, report it with the detail.',
    { cause },
  );
}

Comlink.expose(surface);
