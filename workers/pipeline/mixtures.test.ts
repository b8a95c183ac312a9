import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { madeProjector } from '../projector/testing/made';
import type { Projector } from '../projector/types';
import type { Lane, RunRequest } from '../protocol';
import { lane, openPipeline, PEOPLE, type Recorded, record, request, TINY } from '../testing/tiny';
import type { Pipeline } from './pipeline';

/** Any mixture of lanes is drawn to the pixel as each lane alone. */

const FEW = (projector: string): readonly Lane[] => [
  lane('base'),
  lane('base', {}, 'base again'),
  lane('attribute-switching'),
  lane('attention-guidance'),
  lane('fair-diffusion'),
  lane('rs-corrector', { projector, mode: 'prior' }),
];
const MANY = (projector: string): readonly Lane[] => [
  lane('weak-guidance'),
  lane('mist'),
  lane('time', { edited: 'values' }),
  lane('attribute-prompt'),
  lane('attention-guidance', { variant: 'online' }, 'online'),
  ...FEW(projector),
];
const MODELS = [
  { folder: TINY, steps: 10, runs: 12, lanesOf: MANY },
  { folder: PEOPLE, steps: 5, runs: 1, lanesOf: FEW },
].filter(({ folder }) => existsSync(`${folder}/manifest.json`));

const ofLane = ({ images }: Recorded, id: string) =>
  images
    .filter(({ laneId }) => laneId === id)
    .map(({ pixels, people, trace }) => ({ pixels, people, trace }));

describe.each(MODELS)('on $folder', ({ folder, steps, runs, lanesOf }) => {
  let pipeline: Pipeline;
  let projector: Projector;
  let lanes: readonly Lane[];
  let alone: ReadonlyMap<string, Recorded>;
  const draw = (changes: Partial<RunRequest>) =>
    record(pipeline, request({ steps, seeds: [1, 2], ...changes }), () => {}, [projector]);

  beforeAll(async () => {
    pipeline = await openPipeline(folder);
    const { hash, title, latentDims } = pipeline.info;
    projector = madeProjector({ model: { hash, title }, latentDims });
    lanes = lanesOf(projector.id);
    const drawn = new Map<string, Recorded>();
    for (const one of lanes) drawn.set(one.id, await draw({ lanes: [one] }));
    alone = drawn;
  }, 600_000);

  const check = async (mixture: readonly Lane[]) => {
    const run = await draw({ lanes: mixture });
    expect(run.outcome.type).toBe('done');
    for (const { id } of mixture) expect(ofLane(run, id), id).toEqual(ofLane(alone.get(id)!, id));
    const { unetEvaluations, unetEvaluationsShared } = run.outcome.timings;
    const separate = mixture.map(({ id }) => alone.get(id)!.outcome.timings.unetEvaluations);
    expect(unetEvaluations + unetEvaluationsShared).toBe(separate.reduce((sum, count) => sum + count, 0));
    return unetEvaluations / (unetEvaluations + unetEvaluationsShared);
  };

  it('every mixture draws the pixels, readings and traces of its lanes alone, and evaluates no more', async () => {
    const mixtures = fc.shuffledSubarray(
      lanesOf('').map((_, i) => i),
      { minLength: 2 },
    );
    await fc.assert(
      fc.asyncProperty(mixtures, async (which) => void (await check(which.map((i) => lanes[i]!)))),
      { numRuns: runs },
    );
  }, 600_000);

  it('a lane that is the base model costs nothing beside it, and one that corrects late little', async () => {
    const named = (...ids: string[]) => lanes.filter(({ id }) => ids.includes(id));
    expect(await check(named('base', 'base again'))).toBe(0.5);
    expect(await check(named('base', 'rs-corrector'))).toBeLessThan(0.65);
  }, 600_000);

  it('base, RS-Corrector, attribute switching and two-pass guidance cost at most 70 % of four runs', async () => {
    const which = ['base', 'rs-corrector', 'attribute-switching', 'attention-guidance'];
    const [base, guided] = ['base', 'attention-guidance'].map(
      (id) => alone.get(id)!.outcome.timings.unetEvaluations,
    );
    // It found somebody, and went over the steps again.
    expect(guided! / base!).toBeGreaterThan(1.5);
    expect(await check(lanes.filter(({ id }) => which.includes(id)))).toBeLessThanOrEqual(0.7);
  }, 600_000);
});
