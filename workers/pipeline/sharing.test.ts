import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScheduler } from '../../src/core/schedulers';
import type { Tensor } from '../../src/core/tensor';
import type { AttentionMaps, Condition, ConditionSet, MethodRun, PreparedMethod } from '../methods/method';
import { openPipeline, TINY } from '../testing/tiny';
import type { Denoiser } from './denoiser';
import { denoise } from './loop';
import { type ImageNoise, noiseOf } from './noise';
import type { Pipeline } from './pipeline';
import { createSharing, type Expected } from './sharing';

/** Lanes made at random, through the real loop and a real UNet (tiny, of random weights): together and each alone. */

const STEPS = 4;
const IMAGES = 2;

/** What a lane does to its images, and from which step on; `images` says to how many of them. */
interface Behaviour {
  readonly from: number;
  readonly images: number;
  readonly does: 'nothing' | 'prompt' | 'values' | 'move' | 'shift' | 'steer' | 'branch' | 'again';
  readonly probes: PreparedMethod['probes'] | undefined;
}

const behaviours: fc.Arbitrary<Behaviour> = fc.record({
  from: fc.integer({ min: 0, max: STEPS - 1 }),
  images: fc.integer({ min: 1, max: IMAGES }),
  does: fc.constantFrom('nothing', 'prompt', 'values', 'move', 'shift', 'steer', 'branch', 'again'),
  probes: fc.option(
    fc.record({
      tokens: fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }),
      from: fc.constantFrom(0, 0.25),
      to: fc.constantFrom(0.5, 0.75),
    }),
    { nil: undefined },
  ),
});

let pipeline: Pipeline;
let base: ConditionSet;
let other: Condition;
let noise: readonly ImageNoise[];
beforeAll(async () => {
  pipeline = await openPipeline(TINY);
  const { latentDims: dims, textEncoder } = pipeline.parts;
  const [uncond, cond, female] = await textEncoder.encode(['', 'a photo of a doctor', 'a female doctor']);
  base = { uncond: uncond!, cond: cond! };
  other = female!;
  noise = Array.from({ length: IMAGES }, (_, i) => noiseOf(i, dims, scheduler()));
}, 60_000);
afterAll(() => pipeline.close());

function runOf(behaviour: Behaviour, position: number, seen: AttentionMaps[]): MethodRun {
  const { from, does, probes } = behaviour;
  const { unet } = pipeline.parts.denoiser;
  const acts = (step: { index: number; pass: number }) =>
    position < behaviour.images && step.index >= from && (does !== 'again' || step.pass > 0);
  const kept: Tensor[] = [];
  const wave = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i) / 4);
  return {
    trace: () => ({}),
    stepConditions(step, set) {
      if (!acts(step)) return set;
      if (does === 'prompt' || does === 'again') return { ...set, cond: other };
      if (does === 'values') return { ...set, cond: { ...set.cond!, v: other.v } };
      return does === 'branch' ? { ...set, extra: other } : set;
    },
    plan(step) {
      const share = step.index / step.total;
      const probe = probes && share >= probes.from && share < probes.to ? ['cond'] : [];
      if (!acts(step)) return { probe };
      const middle = unet.middle!.channels;
      if (does === 'shift') return { probe, hDelta: { cond: { data: wave(middle), dims: [middle, 1, 1] } } };
      const add = { data: wave(unet.channels), dims: [unet.channels] };
      return does === 'steer' ? { probe, steer: { cond: { add } } } : { probe };
    },
    onMaps: (_, { cond }) => void seen.push(cond!),
    preStep(step, latent) {
      kept[step.index] ??= latent;
      return does === 'move' && acts(step)
        ? { ...latent, data: latent.data.map((value) => value * 0.9) }
        : latent;
    },
    nextPass: (pass) =>
      does === 'again' && pass === 0 && position < behaviour.images
        ? { from, latent: kept[from]! }
        : undefined,
  };
}

async function draw(behaviour: Behaviour, denoiser: Denoiser) {
  const seen: AttentionMaps[] = [];
  let evaluations = 0;
  const images = noise.map((own, position) => ({
    slot: { index: position, seed: position },
    run: runOf(behaviour, position, seen),
    conditions: base,
    noise: own,
    probes: behaviour.probes,
  }));
  const latents = await denoise(images, {
    denoiser,
    scheduler: scheduler(),
    guidanceScale: 3,
    signal: new AbortController().signal,
    onStep: (step) => {
      evaluations += step.evaluations;
    },
  });
  const maps = seen.map(({ tokens, layers }) => ({ tokens, layers: layers.map((layer) => layer.maps) }));
  return { latents: latents.map(({ data }) => data), maps, evaluations };
}

const scheduler = () => createScheduler('ddim', pipeline.parts.schedulerConfig, STEPS);

/** All lanes of one batch, as a run draws them. @returns each lane, and what was evaluated in truth. */
async function drawTogether(lanes: readonly Behaviour[], byRow: boolean, budget?: number) {
  let done = 0;
  const counting: Denoiser = {
    ...pipeline.parts.denoiser,
    predict(inputs, timestep) {
      done += inputs.length;
      return pipeline.parts.denoiser.predict(inputs, timestep);
    },
  };
  const sharing = createSharing(counting, { byRow, ...(budget === undefined ? {} : { budget }) });
  const { timesteps } = scheduler();
  const drawn = [];
  let saved = 0;
  for (const [i, lane] of lanes.entries()) {
    const expected: Expected = {
      plain: base.cond!,
      probes: lanes.slice(i + 1).flatMap(({ probes }) => probes ?? []),
      placeOf: (timestep) => timesteps.indexOf(timestep) / STEPS,
    };
    const denoiser = sharing.lane(i < lanes.length - 1 ? expected : undefined);
    drawn.push(await draw(lane, denoiser));
    saved += denoiser.saved();
  }
  return { drawn, done, saved };
}

const lane = (does: Behaviour['does'], from = 0, probes?: Behaviour['probes']): Behaviour => ({
  ...{ does, from, images: IMAGES, probes },
});

describe.each([
  ['row by row', true],
  ['in whole calls', false],
])('lanes that share %s', (_, byRow) => {
  it('are drawn to the bit as each is alone, in any mixture, and cost no more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(behaviours, { minLength: 1, maxLength: 5 }), async (lanes) => {
        const { drawn, done, saved } = await drawTogether(lanes, byRow);
        let alone = 0;
        for (const [i, behaviour] of lanes.entries()) {
          const expected = await draw(behaviour, pipeline.parts.denoiser);
          expect(drawn[i]).toEqual(expected);
          alone += expected.evaluations;
        }
        expect(done + saved).toBe(alone);
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  it('evaluate what two of them begin with once: half of it when they never part', async () => {
    const plain = STEPS * IMAGES * 2;
    const same = await drawTogether([lane('nothing'), lane('nothing'), lane('nothing')], byRow);
    expect([same.done, same.saved]).toEqual([plain, 2 * plain]);
    // From step 2 on the text differs, and from step 3 on the latent.
    const parted = await drawTogether([lane('nothing'), lane('prompt', 2)], byRow);
    expect(parted.saved).toBe(2 * IMAGES * 2 + (byRow ? IMAGES : 0));
  });

  it('show attention to a lane that came too late to be the first to ask', async () => {
    const probes = { tokens: [2, 5], from: 0, to: 0.75 };
    const { drawn, done } = await drawTogether([lane('nothing'), lane('nothing', 0, probes)], byRow);
    expect(done).toBe(STEPS * IMAGES * 2);
    expect(drawn[1]!.maps).toHaveLength(3 * IMAGES);
  });

  it('cost less than 70 % of their separate runs: base, late corrector, switching and a method of two passes', async () => {
    const probes = { tokens: [5], from: 0.25, to: 0.75 };
    const lanes = [lane('nothing'), lane('move', 3), lane('prompt', 1), lane('again', 1, probes)];
    const { done, saved } = await drawTogether(lanes, byRow);
    expect(done / (done + saved)).toBeLessThan(0.7);
  });

  it('hold no more than they may, and are drawn all the same', async () => {
    const lanes = [lane('nothing'), lane('nothing')];
    const { drawn, saved } = await drawTogether(lanes, byRow, 1);
    // One step was kept before the budget was seen to be used up.
    expect(saved).toBe(IMAGES * 2);
    expect(drawn[1]).toEqual(drawn[0]);
  });
});
