import type { Projector } from '../../workers/projector/types';
import type { BroughtDelta, ImageResult, RunEvent, RunRequest } from '../../workers/protocol';
import type { EngineClient } from '../app/engineClient';
import { type ErrorReport, EvenhandError, reportOf } from '../core/errors';
import { decodePng } from './image/png';
import type { Shot } from './run/runStore';

export type ReplayAnswer =
  | {
      readonly type: 'compared';
      /** Pixels of which at least one channel differs. */
      readonly differing: number;
      readonly pixels: number;
      /** Largest difference of a channel, 0..255. */
      readonly largest: number;
      readonly milliseconds: number;
    }
  | { readonly type: 'cancelled' }
  | { readonly type: 'failed'; readonly error: ErrorReport };

/**
 * The request that draws one image of a run again: its lane alone, and the whole batch it was drawn in, since the
 * batch is part of what makes pixels repeat.
 */
export function replayRequest(request: RunRequest, laneId: string, index: number): RunRequest {
  const start = Math.floor(index / request.batchSize) * request.batchSize;
  const end = Math.min(start + request.batchSize, request.seeds.length);
  return {
    ...request,
    lanes: request.lanes.filter((lane) => lane.id === laneId),
    only: Array.from({ length: end - start }, (_, i) => start + i),
  };
}

/** What lanes name and this browser keeps. */
export interface Brought {
  readonly projectors: readonly Projector[];
  readonly deltas: readonly BroughtDelta[];
}

/** Draws an image again from its own metadata and holds it against the kept pixels. */
export async function replayImage(
  client: EngineClient,
  request: RunRequest,
  { projectors, deltas }: Brought,
  shot: Shot,
  onProgress: (share: number) => void,
): Promise<ReplayAnswer> {
  if (!shot.png) return failed('The picture is still being packed.', 'Try again in a moment.');
  const began = performance.now();
  const made: ImageResult[] = [];
  const take = (event: RunEvent) => {
    if (event.type === 'image' && event.image.index === shot.index) made.push(event.image);
    if (event.type === 'progress') onProgress(Math.min(1, event.step / request.steps));
  };
  const again = replayRequest(request, shot.laneId, shot.index);
  const outcome = await client.generate(again, take, projectors, deltas);
  if (outcome.type === 'failed') return { type: 'failed', error: outcome.error };
  const [drawn] = made;
  if (!drawn) {
    if (outcome.type === 'cancelled') return { type: 'cancelled' };
    return failed('The engine finished without drawing this image again.', 'Generate the run anew.');
  }
  try {
    const kept = await decodePng(shot.png.bytes);
    return {
      type: 'compared',
      ...difference(kept.pixels, drawn.pixels),
      milliseconds: performance.now() - began,
    };
  } catch (error) {
    return { type: 'failed', error: reportOf(error) };
  }
}

/** @param a, b RGBA; pictures of different size differ in every pixel of the larger. */
export function difference(
  a: Uint8ClampedArray,
  b: Uint8ClampedArray,
): { readonly differing: number; readonly pixels: number; readonly largest: number } {
  const pixels = Math.max(a.length, b.length) / 4;
  if (a.length !== b.length) return { differing: pixels, pixels, largest: 255 };
  let differing = 0;
  let largest = 0;
  for (let at = 0; at < a.length; at += 4) {
    let here = 0;
    for (let channel = 0; channel < 4; channel++) {
      here = Math.max(here, Math.abs(a[at + channel]! - b[at + channel]!));
    }
    if (here > 0) differing++;
    if (here > largest) largest = here;
  }
  return { differing, pixels, largest };
}

const failed = (message: string, next: string): ReplayAnswer => ({
  type: 'failed',
  error: reportOf(new EvenhandError('internal', message, next)),
});
