import { describe, expect, it } from 'vitest';
import type { RunRequest } from '../../workers/protocol';
import { difference, replayRequest } from './replay';

const request: RunRequest = {
  prompt: 'a doctor',
  seeds: [10, 11, 12, 13, 14, 15, 16],
  steps: 4,
  guidanceScale: 3,
  scheduler: 'ddim',
  variant: 'fast',
  batchSize: 3,
  lanes: [
    { id: 'a', name: 'A', method: 'base', parameters: {} },
    { id: 'b', name: 'B', method: 'mist', parameters: {} },
  ],
  targets: [],
};

describe('drawing one image again', () => {
  it('asks for its lane alone, all seeds (methods assign values by position), and its own batch', () => {
    expect(replayRequest(request, 'b', 4)).toEqual({
      ...request,
      lanes: [request.lanes[1]],
      only: [3, 4, 5],
    });
    expect(replayRequest(request, 'a', 6).only).toEqual([6]);
  });

  it('counts pixels that differ, whichever the channel', () => {
    const kept = new Uint8ClampedArray([1, 2, 3, 255, 4, 5, 6, 255]);
    expect(difference(kept, kept.slice())).toEqual({ differing: 0, pixels: 2, largest: 0 });
    const again = new Uint8ClampedArray([1, 2, 9, 255, 4, 5, 6, 255]);
    expect(difference(kept, again)).toEqual({ differing: 1, pixels: 2, largest: 6 });
    expect(difference(kept, kept.slice(4))).toEqual({ differing: 2, pixels: 2, largest: 255 });
  });
});
