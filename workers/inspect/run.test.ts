import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MethodRun, PreparedMethod } from '../methods/method';
import type { Pipeline } from '../pipeline/pipeline';
import { lane, openPipeline, record, request, TINY } from '../testing/tiny';
import { type Recording, recorded } from './probing';
import { mapOf } from './quantise';
import type { InspectProgress } from './types';

const PEOPLE = 'public/models/people';
const asked = request({
  steps: 4,
  batchSize: 1,
  lanes: [lane('base'), lane('attribute-switching', { switchAfter: 0.5 })],
});

describe.each([TINY, PEOPLE])('looking into an image of %s', (folder) => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await openPipeline(folder);
  }, 60_000);
  afterAll(() => pipeline.close());

  const inspect = (laneId: string, index = 1, onProgress: (progress: InspectProgress) => void = () => {}) =>
    pipeline.inspect({ request: asked, laneId, index }, [], onProgress, new AbortController().signal);

  it('draws what the run drew, step by step', async () => {
    const run = await record(pipeline, asked);
    for (const { id } of asked.lanes) {
      const { image, steps } = await inspect(id);
      const kept = run.images.find((one) => one.laneId === id && one.index === 1)!;
      expect([...image.pixels]).toEqual([...kept.pixels]);
      expect(image.trace).toEqual(kept.trace);
      expect(steps.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
      expect(steps[0]!.preview.pixels).toHaveLength(image.pixels.length);
    }
  });

  it('gives every word its maps at every step, and all rows of the text sum to about 1', async () => {
    const { tokens, layers, steps } = await inspect('base');
    const words = tokens[asked.prompt]!;
    expect(words.map(({ text }) => text)).toEqual(['start', ...asked.prompt.split(' '), 'end']);
    expect(layers.length).toBeGreaterThan(0);
    for (const { maps } of steps) {
      expect(maps).toHaveLength(layers.length);
      maps.forEach((map, i) => {
        const size = layers[i]!.width * layers[i]!.height;
        const all = mapOf(map, [...map.largest.keys()], size);
        // What is missing sits on padding that was not probed.
        for (const share of all) expect(share).toBeLessThanOrEqual(1.02);
        const word = mapOf(map, words[2]!.rows, size);
        expect(Math.max(...word)).toBeGreaterThan(0);
      });
    }
  });

  it('names the words of each step where a method switches the text', async () => {
    const { steps, tokens } = await inspect('attribute-switching');
    expect(steps[0]!.prompt).toBe(asked.prompt);
    expect(steps[3]!.prompt).not.toBe(asked.prompt);
    const later = tokens[steps[3]!.prompt]!.map(({ text }) => text).join(' ');
    expect(later).toMatch(/start a photo of a .* end/);
  });

  it('reports progress and stops when it is told to', async () => {
    const seen: InspectProgress[] = [];
    const controller = new AbortController();
    const answer = pipeline.inspect(
      { request: asked, laneId: 'base', index: 0 },
      [],
      (progress) => {
        seen.push(progress);
        controller.abort();
      },
      controller.signal,
    );
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen).toEqual([{ done: 1, total: 4 }]);
  });

  it('refuses an image that the run does not have', async () => {
    await expect(inspect('base', 99)).rejects.toMatchObject({ code: 'request-invalid' });
    await expect(inspect('nobody')).rejects.toMatchObject({ code: 'request-invalid' });
  });
});

describe('a method that is looked at', () => {
  it('gets the probes it asked for itself, and no others', () => {
    const got: unknown[] = [];
    const run: MethodRun = {
      plan: ({ index }) => (index === 0 ? { probe: ['cond'] } : {}),
      onMaps: (_step, maps) => {
        got.push(maps.cond?.tokens, maps.cond?.layers[0]?.maps);
      },
      trace: () => ({}),
    };
    const method: PreparedMethod = { image: () => run, probes: { tokens: [5, 2], from: 0, to: 0.5 } };
    const recording: Recording = { steps: [], layers: [] };
    const watched = recorded(method, 0, [0, 1, 2], recording);
    expect(watched.probes?.tokens).toEqual([0, 1, 2, 5]);
    const own = watched.image({ index: 0, seed: 1 });
    const map = (value: number) => Float32Array.of(value);
    const maps = [0.1, 0.2, 0.3, 0.4].map(map);
    const answer = {
      cond: {
        tokens: [0, 1, 2, 5],
        layers: [{ layer: 0, place: 'mid', width: 1, height: 1, maps } as const],
      },
    };
    for (const index of [0, 1]) {
      const step = { index, pass: 0 } as Parameters<NonNullable<MethodRun['plan']>>[0];
      expect(own.plan?.(step).probe).toEqual(['cond']);
      own.onMaps?.(step, answer);
    }
    expect(got).toEqual([
      [5, 2],
      [map(0.4), map(0.3)],
    ]);
  });
});
