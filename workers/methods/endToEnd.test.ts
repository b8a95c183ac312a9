import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pipeline } from '../pipeline/pipeline';
import type { Lane, Parameters } from '../protocol';
import { lane, openPipeline, type Recorded, record, request, TINY } from '../testing/tiny';
import { findSpec } from './specs';

/** Every method through the real loop and a real UNet (tiny, of random weights): parameters at which it is the base model. */
const IDENTITY: Readonly<Record<string, Parameters>> = {
  mist: { strength: 0 },
  'fair-diffusion': { scale: 0 },
};

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline(TINY);
}, 60_000);
afterAll(() => pipeline.close());

const steps = 20;
const draw = (...lanes: Lane[]) => record(pipeline, request({ steps, lanes }));
const pixelsOf = ({ images }: Recorded, laneId: string) =>
  images.filter((image) => image.laneId === laneId).map(({ pixels }) => [...pixels]);

describe.each(Object.entries(IDENTITY))('%s through the pipeline', (method, identity) => {
  it('draws the very pixels of the base lane at its identity, and others at its defaults', async () => {
    const run = await draw(lane('base'), lane(method, identity, 'off'), lane(method, {}, 'on'));
    expect(run.outcome.type).toBe('done');
    expect(pixelsOf(run, 'base')).toHaveLength(2);
    expect(pixelsOf(run, 'off')).toEqual(pixelsOf(run, 'base'));
    expect(pixelsOf(run, 'on')).not.toEqual(pixelsOf(run, 'base'));
  });

  it('costs what its spec says', async () => {
    const { outcome } = await draw(lane(method));
    const plain = 2 * steps * 2;
    expect(outcome.timings.unetEvaluations / plain).toBeCloseTo(findSpec(method)!.relativeCost, 5);
  });

  it('leaves a prompt without people to the base model, and says so', async () => {
    const run = await record(
      pipeline,
      request({ prompt: 'a photo of glasses', steps, lanes: [lane('base'), lane(method)] }),
    );
    expect(pixelsOf(run, method)).toEqual(pixelsOf(run, 'base'));
    const traces = run.images.filter(({ laneId }) => laneId === method).map(({ trace }) => trace);
    expect(traces).toHaveLength(2);
    for (const { notes } of traces) expect(notes?.unchanged).toContain('person');
  });
});
