import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pipeline } from '../pipeline/pipeline';
import { identityOf } from '../testing/identity';
import { lane, openPipeline, record, request, TINY } from '../testing/tiny';
import { METHOD_SPECS } from './specs';

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline(TINY);
}, 60_000);
afterAll(() => pipeline.close());

/** Every method by its folder: a new one is held to this by itself. */
describe.each(METHOD_SPECS.filter(({ id }) => id !== 'base').map((spec) => [spec.id, spec] as const))(
  '%s',
  (id, spec) => {
    const identity = identityOf(spec);
    it.runIf(identity !== null).each([
      ['with guidance', { steps: 10 }],
      ['in few steps without guidance', { steps: 3, guidanceScale: 1 }],
      ['with Euler steps', { steps: 6, scheduler: 'euler' as const }],
      ['with new noise at each step', { steps: 4, scheduler: 'euler-ancestral' as const }],
      ['with steps that remember', { steps: 4, scheduler: 'pndm' as const }],
    ])('told to do nothing draws the very pixels of the base lane, %s', async (_, changes) => {
      const { parameters, prompt = 'a photo of a doctor' } = identity!;
      const asked = request({ ...changes, prompt, lanes: [lane('base'), lane(id, parameters, 'off')] });
      const { outcome, images } = await record(pipeline, asked);
      expect(outcome.type).toBe('done');
      const pixelsOf = (laneId: string) =>
        images.filter((image) => image.laneId === laneId).map(({ pixels }) => [...pixels]);
      expect(pixelsOf('off')).toHaveLength(2);
      expect(pixelsOf('off')).toEqual(pixelsOf('base'));
    });

    it.runIf(identity === null)('always acts', async () => {
      const { images } = await record(pipeline, request({ lanes: [lane('base'), lane(id)] }));
      const [base, own] = ['base', id].map(
        (laneId) => images.find((image) => image.laneId === laneId)!.pixels,
      );
      expect([...own!]).not.toEqual([...base!]);
    });
  },
);
