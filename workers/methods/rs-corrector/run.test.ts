import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pipeline } from '../../pipeline/pipeline';
import { madeProjector } from '../../projector/testing/made';
import type { Projector } from '../../projector/types';
import type { Lane, Parameters, RunEvent, RunRequest } from '../../protocol';
import { testHost } from '../../testing/host';
import { lane, openPipeline, request, TINY } from '../../testing/tiny';
import { start } from './run';

/** Through the real loop and a real UNet (tiny, of random weights). */
let pipeline: Pipeline;
let projector: Projector;
beforeAll(async () => {
  pipeline = await openPipeline(TINY);
  const { hash, title, latentDims } = pipeline.info;
  projector = madeProjector({ model: { hash, title }, latentDims });
}, 60_000);
afterAll(() => pipeline.close());

const steps = 10;
/** Not gated: the projector is of random numbers, so nothing can look stereotypical to it. */
const on = (changes: Parameters = {}): Parameters => ({
  projector: projector.id,
  mode: 'prior',
  gated: false,
  ...changes,
});

async function draw(lanes: readonly Lane[], changes: Partial<RunRequest> = {}, projectors = [projector]) {
  const events: RunEvent[] = [];
  const asked = request({ steps, lanes, ...changes });
  const outcome = await pipeline.runRequest(
    asked,
    (event) => events.push(event),
    new AbortController().signal,
    projectors,
  );
  const images = events.flatMap((event) => (event.type === 'image' ? [event.image] : []));
  const of = (laneId: string) => images.filter((image) => image.laneId === laneId);
  return {
    outcome,
    pixels: (laneId: string) => of(laneId).map(({ pixels }) => [...pixels]),
    notes: (laneId: string) => of(laneId).map(({ trace }) => trace.notes),
    failures: events.flatMap((event) => (event.type === 'lane-failed' ? [event] : [])),
  };
}

describe('RS-Corrector', () => {
  it('draws the very pixels of the base lane at strength 0, without last steps, and where there is no stereotype', async () => {
    const { prior: _, ...without } = projector.groups[0]!;
    const fair = { ...projector, id: 'ffffffffffffffff', groups: [without] };
    const off: Readonly<Record<string, Parameters>> = {
      strength: on({ strength: 0 }),
      last: on({ last: 0 }),
      none: { projector: fair.id },
    };
    const lanes = Object.entries(off).map(([id, parameters]) => lane('rs-corrector', parameters, id));
    const run = await draw([lane('base'), ...lanes], {}, [projector, fair]);
    expect(run.pixels('base')).toHaveLength(2);
    for (const id of Object.keys(off)) {
      expect(run.pixels(id), id).toEqual(run.pixels('base'));
      for (const notes of run.notes(id)) expect(notes?.unchanged).toBeTypeOf('string');
    }
  });

  it('moves the picture with the prior, with the direct guidance, and otherwise with both', async () => {
    const modes = ['prior', 'direct', 'both'];
    const run = await draw([lane('base'), ...modes.map((mode) => lane('rs-corrector', on({ mode }), mode))]);
    const all = ['base', ...modes].map((id) => JSON.stringify(run.pixels(id)));
    expect(new Set(all).size).toBe(4);
    for (const notes of run.notes('prior')) {
      expect(notes).toMatchObject({ group: 'Dark', projector: 'Made for a test' });
      expect(notes!['stereotype after']).toBeLessThan(notes!['stereotype before'] as number);
    }
  });

  it('adds no evaluation of the UNet, and repeats to the bit', async () => {
    const lanes = [lane('rs-corrector', on({ mode: 'both' }))];
    const [first, second, base] = [await draw(lanes), await draw(lanes), await draw([lane('base')])];
    expect(first.outcome.timings.unetEvaluations).toBe(base.outcome.timings.unetEvaluations);
    expect(second.pixels('rs-corrector')).toEqual(first.pixels('rs-corrector'));
  });

  it('works with either scheduler, and without guidance', async () => {
    for (const changes of [{ scheduler: 'euler' as const }, { guidanceScale: 1 }]) {
      const run = await draw([lane('base'), lane('rs-corrector', on())], changes);
      expect(run.outcome.type).toBe('done');
      expect(run.pixels('rs-corrector')).not.toEqual(run.pixels('base'));
    }
  });

  it('leaves a prompt without people alone, and says where several people are more than it was made for', async () => {
    const lanes = [lane('base'), lane('rs-corrector', on())];
    const empty = await draw(lanes, { prompt: 'a photo of glasses' });
    expect(empty.pixels('rs-corrector')).toEqual(empty.pixels('base'));
    expect(empty.notes('rs-corrector')[0]?.unchanged).toContain('person');
    const several = await draw(lanes, { prompt: 'a photo of two doctors' });
    expect(several.notes('rs-corrector')[0]).toHaveProperty('made for one person');
  });

  it('is refused in clear words without a projector, or with one of another model, and the base lane goes on', async () => {
    const strange = madeProjector({
      id: 'eeeeeeeeeeeeeeee',
      name: 'From elsewhere',
      model: { title: 'Another', hash: 'e'.repeat(64) },
      latentDims: projector.latentDims,
    });
    const lanes = [
      lane('base'),
      lane('rs-corrector', {}, 'none'),
      lane('rs-corrector', { projector: 'dddddddddddddddd' }, 'gone'),
      lane('rs-corrector', { projector: strange.id }, 'strange'),
    ];
    const run = await draw(lanes, {}, [projector, strange]);
    expect(run.outcome.type).toBe('done');
    expect(run.pixels('base')).toHaveLength(2);
    expect(run.failures.map(({ laneId, error }) => [laneId, error.code])).toEqual(
      ['none', 'gone', 'strange'].map((id) => [id, 'method-parameter']),
    );
    const [none, gone, other] = run.failures.map(({ error }) => error.message);
    expect(none).toContain('none is chosen');
    expect(gone).toContain('not kept');
    expect(other).toMatch(/“From elsewhere” was trained on Another/);
  });

  it('acts on the last steps only', async () => {
    const host = testHost({
      prompt: 'a photo of a person',
      model: projector.model,
      projector: () => projector,
    });
    const defaults = { directWeight: 0.1, strength: 0.5, rounds: 1, along: 'pictures' };
    const method = await start(host, { ...on(), ...defaults, last: 0.2 });
    const { preStep } = method.image({ index: 0, seed: 1 });
    const latents = Array.from({ length: 10 }, (_, i) => ({
      data: Float32Array.from({ length: projector.network.inputs }, (_, j) => Math.sin(i + j)),
      dims: projector.latentDims,
    }));
    const facts = { pass: 0, timestep: 0, alphaBar: 1, guidanceScale: 1, seed: 1, imageIndex: 0 };
    const moved = latents.map((latent, index) => {
      const after = preStep!({ index, total: 10, ...facts }, latent, latent, (of = latent) => of);
      return after !== latent;
    });
    expect(moved).toEqual([...new Array(8).fill(false), true, true]);
  });
});
