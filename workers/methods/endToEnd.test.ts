import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pipeline } from '../pipeline/pipeline';
import type { Lane, Parameters } from '../protocol';
import { testHost, testUnet } from '../testing/host';
import { lane, openPipeline, type Recorded, record, request, TINY } from '../testing/tiny';
import { resolveParameters } from './parameters';
import { loadMethod } from './runs';
import { findSpec } from './specs';

/** Each method through the real loop and a real UNet (tiny, of random weights). */
interface Case {
  /** Parameters at which it is the base model. */
  readonly off: Parameters;
  /** Parameters at which it is not; its defaults if absent. */
  readonly on?: Parameters;
  /** Cost relative to plain guidance on these prompts of one person, of 20 steps and of 2 without guidance; what its spec says if absent. */
  readonly costs?: { readonly many: number; readonly few: number };
}
const CASES: Readonly<Record<string, Case>> = {
  mist: { off: { strength: 0 } },
  'fair-diffusion': { off: { scale: 0 } },
  uce: { off: {}, on: { woman: 0.5, man: -0.5 } },
  time: { off: { strength: 0 } },
  'attribute-switching': { off: { switchAfter: 1 } },
  'weak-guidance': { off: { strength: 0 } },
  equisteer: { off: { strength: 0 }, on: { pictures: 1 } },
  'h-space': { off: { strength: 0 }, on: { pictures: 1 } },
  // One person has one value: (2 T + 3 (T - 2)) / 2 T, and (T + 2 (T - 1)) / T. The spec speaks of two people with two.
  'attention-guidance': { off: { strength: 0 }, costs: { many: 2.35, few: 2 } },
};

function costsOf(method: string, { costs }: Case) {
  const { relativeCost } = findSpec(method)!;
  return costs ?? { many: relativeCost, few: 1 + 2 * (relativeCost - 1) };
}

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline(TINY);
}, 60_000);
afterAll(() => pipeline.close());

const steps = 20;
const draw = (...lanes: Lane[]) => record(pipeline, request({ steps, lanes }));
const pixelsOf = ({ images }: Recorded, laneId: string) =>
  images.filter((image) => image.laneId === laneId).map(({ pixels }) => [...pixels]);

describe.each(Object.entries(CASES))('%s through the pipeline', (method, own) => {
  const { off, on = {} } = own;
  it('draws the very pixels of the base lane when it is off, and others when it is on', async () => {
    const run = await draw(lane('base'), lane(method, off, 'off'), lane(method, on, 'on'));
    expect(run.outcome.type).toBe('done');
    expect(pixelsOf(run, 'base')).toHaveLength(2);
    expect(pixelsOf(run, 'off')).toEqual(pixelsOf(run, 'base'));
    expect(pixelsOf(run, 'on')).not.toEqual(pixelsOf(run, 'base'));
  });

  it('costs what is said of it', async () => {
    const { outcome } = await draw(lane(method, on));
    const plain = 2 * steps * 2;
    expect(outcome.timings.unetEvaluations / plain).toBeCloseTo(costsOf(method, own).many, 5);
  });

  it('acts in a run of 2 steps without guidance, and asks for no unconditional branch', async () => {
    const run = await record(
      pipeline,
      request({ steps: 2, guidanceScale: 1, lanes: [lane('base'), lane(method, on)] }),
    );
    expect(run.outcome.type).toBe('done');
    expect(pixelsOf(run, method)).not.toEqual(pixelsOf(run, 'base'));
    // 2 images, 2 steps, 1 branch in the base lane; plain guidance would make it 2.
    const { unetEvaluations, unetEvaluationsShared } = run.outcome.timings;
    expect((unetEvaluations + unetEvaluationsShared - 4) / 4).toBe(costsOf(method, own).few);
  });

  it('leaves a prompt without people to the base model, and says so', async () => {
    const run = await record(
      pipeline,
      request({ prompt: 'a photo of glasses', steps, lanes: [lane('base'), lane(method, on)] }),
    );
    expect(pixelsOf(run, method)).toEqual(pixelsOf(run, 'base'));
    const traces = run.images.filter(({ laneId }) => laneId === method).map(({ trace }) => trace);
    expect(traces).toHaveLength(2);
    for (const { notes } of traces) expect(notes?.unchanged).toContain('person');
  });
});

describe('TIME on the values alone', () => {
  it('gives the values a text of their own', async () => {
    const run = await draw(
      lane('base'),
      lane('time', {}, 'both'),
      lane('time', { edited: 'values' }, 'values'),
    );
    const drawings = ['base', 'both', 'values'].map((id) => JSON.stringify(pixelsOf(run, id)));
    expect(run.images).toHaveLength(6);
    expect(new Set(drawings).size).toBe(3);
  });

  it('is refused in words that help by a UNet that cannot be opened', async () => {
    const host = testHost({ unet: testUnet(['splitText']) });
    const values = resolveParameters(findSpec('time')!, { edited: 'values' });
    const { start } = await loadMethod('time');
    await expect(start(host, values)).rejects.toMatchObject({ code: 'model-unsupported' });
    await expect(start(host, { ...values, edited: 'both' })).resolves.toBeDefined();
  });
});
