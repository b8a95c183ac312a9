import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tensor } from '../../../src/core/tensor';
import type { Pipeline } from '../../pipeline/pipeline';
import { stepOf, testHost } from '../../testing/host';
import { lane, openPipeline, record, request, TINY } from '../../testing/tiny';
import { resolveParameters } from '../parameters';
import { start } from './run';
import { spec } from './spec';

/** Through the real loop and a real UNet (tiny, of random weights); endToEnd.test.ts has what all methods must do. */
let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await openPipeline(TINY);
}, 60_000);
afterAll(() => pipeline.close());

const draw = (changes: Parameters<typeof request>[0], ...lanes: Parameters<typeof lane>[]) =>
  record(pipeline, request({ steps: 4, lanes: lanes.map((one) => lane(...one)), ...changes }));

describe('h-space direction', () => {
  it('measures each value once, with the word and without it, for every prompt and strength', async () => {
    const first = await draw({}, ['h-space', { pictures: 2 }]);
    // Two values, 2 pictures, 4 steps, 3 branches: with the word, without it, and unconditional.
    expect(first.outcome.timings.unetEvaluationsPreparing).toBe(2 * 2 * 4 * 3);
    expect(first.outcome.timings.unetEvaluations).toBe(2 * 4 * 2);
    const later = await draw({ prompt: 'a photo of a nurse' }, ['h-space', { pictures: 2, strength: 3 }]);
    expect(later.outcome.timings.unetEvaluationsPreparing).toBe(0);
    expect(later.images).toHaveLength(2);
  });

  it('moves a picture further with more strength', async () => {
    const { images } = await draw(
      {},
      ['base'],
      ['h-space', { strength: 1, pictures: 1 }, 'weak'],
      ['h-space', { strength: 40, pictures: 1 }, 'strong'],
    );
    const pixels = (id: string) => images.find(({ laneId }) => laneId === id)!.pixels;
    const moved = (id: string) => pixels(id).reduce((sum, v, i) => sum + Math.abs(v - pixels('base')[i]!), 0);
    expect(moved('weak')).toBeGreaterThan(0);
    expect(moved('strong')).toBeGreaterThan(moved('weak'));
  });

  it('pushes the conditional branch of every step alike, by the difference of its words, several attributes at once', async () => {
    const host = testHost({
      steps: 3,
      guidanceScale: 1,
      async rehearse({ prompt, seeds, run }) {
        expect(seeds).toHaveLength(2);
        const hooks = run(1);
        const told = prompt.includes('woman') ? 1 : prompt.includes('dark') ? 2 : 0;
        for (let index = 0; index < 3; index++) {
          const step = stepOf(index, 3);
          const branches = hooks.stepConditions!(step, {});
          expect(Object.keys(branches)).toEqual(['plain']);
          expect(hooks.plan!(step)).toEqual({ readMiddle: ['cond', 'plain'] });
          const of = (value: number) => tensor(new Float32Array(16).fill(value), [4, 2, 2]);
          hooks.onMiddle!(step, { cond: of(5 + told), plain: of(5) });
        }
      },
    });
    const method = await start(
      host,
      resolveParameters(spec, { attribute: 'gender-tone', strength: 2, pictures: 2 }),
    );
    for (let index = 0; index < 8; index++) {
      const { plan, trace } = method.image({ index, seed: index });
      const { gender, tone } = trace().assigned!;
      const expected = 2 * ((gender === 'woman' ? 1 : 0) + (tone === 'dark' ? 2 : 0));
      for (const at of [0, 2]) {
        const { cond, ...others } = plan!(stepOf(at, 3)).hDelta!;
        expect(others).toEqual({});
        expect([...cond!.data]).toEqual([expected, expected, expected, expected]);
      }
    }
  });

  it('leaves a prompt alone that tells the value, and measures nothing for it', async () => {
    const { images, outcome } = await draw({ prompt: 'a photo of a female doctor' }, ['base'], ['h-space']);
    expect(outcome.timings.unetEvaluationsPreparing).toBe(0);
    const told = images.find(({ laneId }) => laneId === 'h-space')!;
    expect(told.trace.notes?.unchanged).toContain('gender');
  });
});
