import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { biasI } from '../../../src/core/metrics';
import { fromRuns } from '../../../src/core/runs';
import { type Tensor, tensor } from '../../../src/core/tensor';
import type { Pipeline } from '../../pipeline/pipeline';
import type { Lane } from '../../protocol';
import { conditionsOf, runsOf, stepOf, testHost } from '../../testing/host';
import { lane, openPipeline, PEOPLE, type Recorded, record, request, TINY } from '../../testing/tiny';
import type { AttentionMaps, MethodHost, MethodRun } from '../method';
import { resolveParameters } from '../parameters';
import { start } from './run';
import { spec } from './spec';

type Changes = Parameters<typeof resolveParameters>[1];
const SIDE = 16;
const flat = (value: number): Tensor => tensor(new Float32Array(SIDE * SIDE).fill(value), [1, SIDE, SIDE]);

/** A reader that finds heads at these columns of a picture of 16 pixels. */
function hostWith(prompt: string, columns: readonly number[]): MethodHost {
  const people = columns.map((x) => ({ box: [x, 4, 3, 4] as const, score: 1, attributes: {} }));
  return testHost({ prompt, readPeople: async () => ({ width: SIDE, height: SIDE, people }) });
}

const prepare = (host: MethodHost, changes: Changes = {}) => start(host, resolveParameters(spec, changes));

/** Attention that a disc in the middle gets, from every token alike. */
function maps(tokens: readonly number[]): AttentionMaps {
  const disc = Float32Array.from({ length: SIDE * SIDE }, (_, i) =>
    Math.hypot((i % SIDE) - 8, Math.floor(i / SIDE) - 8) < 6 ? 0.5 : 0.001,
  );
  return {
    tokens,
    layers: [{ layer: 0, place: 'up', width: SIDE, height: SIDE, maps: tokens.map(() => disc) }],
  };
}

/** Takes a run through its first pass as the loop does. */
async function firstPass(run: MethodRun, tokens: readonly number[], total = 16) {
  for (let index = 0; index < total; index++) {
    const step = stepOf(index, total);
    if (run.plan!(step).probe) await run.onMaps!(step, { cond: maps(tokens) });
    run.preStep!(step, flat(index), flat(0), () => flat(index));
    run.postStep?.(step, flat(index + 1));
  }
  return run.nextPass?.(0);
}

describe('attention guidance', () => {
  it.each([
    [{ strength: 0 }, 'a photo of two doctors', 'strength is 0'],
    [{}, 'a bowl of fruit', 'names no person'],
    [{}, 'a photo of two female doctors', 'already tells the gender'],
  ])('has no hook at %j on "%s"', async (changes, prompt, reason) => {
    const [run] = runsOf(await prepare(testHost({ prompt }), changes), 1);
    expect(Object.keys(run!)).toEqual(['trace']);
    expect(run!.trace().notes?.unchanged).toContain(reason);
  });

  it('gives two doctors one value each, and asks for both in the second pass only', async () => {
    const method = await prepare(hostWith('a photo of two doctors', [2, 11]));
    const [run] = runsOf(method, 1);
    const base = conditionsOf('a photo of two doctors');
    expect(run!.stepConditions!(stepOf(5, 16), base)).toBe(base);
    // ceil(0.1 * 16) = 2.
    expect(await firstPass(run!, method.probes!.tokens)).toEqual({ from: 2, latent: flat(2) });
    const second = { ...stepOf(3, 16), pass: 1 };
    const prompts = Object.values(run!.stepConditions!(second, base)).map(({ prompt }) => prompt);
    expect(prompts.toSorted()).toEqual([
      '',
      'a photo of two doctors',
      'a photo of two female doctors',
      'a photo of two male doctors',
    ]);
    const { regions } = run!.trace();
    expect(regions!.map(({ name }) => name)).toEqual(['doctor 1', 'doctor 2']);
    expect(regions!.map(({ assigned }) => assigned.gender).toSorted()).toEqual(['man', 'woman']);
    const [left, right] = regions!.map(({ runs }) => fromRuns(runs, SIDE * SIDE));
    expect(left!.some((own, i) => own && right![i])).toBe(false);
  });

  it('steers each person towards their own value, and puts back what is outside', async () => {
    const method = await prepare(hostWith('a photo of two doctors', [2, 11]), { strength: 1 });
    const [run] = runsOf(method, 1);
    await firstPass(run!, method.probes!.tokens);
    const second = { ...stepOf(5, 16), pass: 1 };
    const predictions = {
      ...{ uncond: flat(0), cond: flat(1), 'people woman': flat(2), 'people man': flat(-1) },
    };
    const { data } = run!.combine!(second, predictions);
    const heads = [6 * SIDE + 3, 6 * SIDE + 12].map((place) => data[place]);
    // Guidance 2: on "female" 0 + 2 (2 - 0) = 4, on "male" -2; outside 2.
    const values = run!.trace().regions!.map(({ assigned }) => (assigned.gender === 'woman' ? 4 : -2));
    heads.forEach((value, i) => {
      expect(value).toBeCloseTo(values[i]!, 0);
    });
    expect(data[0]).toBe(2);
    const blended = run!.postStep!(second, flat(100)).data;
    expect([blended[0], blended[6 * SIDE + 3]]).toEqual([6, 100]);
  });

  it.each([
    [[], 'none'],
    [[2], '1'],
    [[2, 7, 12], '3'],
  ])('leaves a picture with heads at %j to the base, in words', async (columns, count) => {
    const method = await prepare(hostWith('a photo of two doctors', columns));
    const [run] = runsOf(method, 1);
    expect(await firstPass(run!, method.probes!.tokens)).toBeUndefined();
    expect(run!.trace()).toEqual({
      notes: { unchanged: expect.stringContaining(`2 people and the reader found ${count},`) },
    });
  });

  it('a plural without a number takes as many as there are', async () => {
    const method = await prepare(hostWith('doctors', [1, 6, 11]));
    const [run] = runsOf(method, 1);
    await firstPass(run!, method.probes!.tokens);
    expect(run!.trace().regions).toHaveLength(3);
  });

  it('evens out across images what odd groups leave over, and repeats it for one image alone', async () => {
    const women = async () => {
      const method = await prepare(hostWith('three nurses', [1, 6, 11]));
      const runs = runsOf(method, 4);
      for (const run of runs) await firstPass(run, method.probes!.tokens);
      return runs.map((run) => run.trace().regions!.map(({ assigned }) => assigned.gender));
    };
    const first = await women();
    for (const values of first) {
      expect([1, 2]).toContain(values.filter((value) => value === 'woman').length);
    }
    expect(first.flat().filter((value) => value === 'woman')).toHaveLength(6);
    expect(await women()).toEqual(first);
  });

  it('online it looks first and edits from its start on', async () => {
    const method = await prepare(hostWith('a photo of two doctors', [2, 11]), {
      variant: 'online',
      start: 0.35,
    });
    const [run] = runsOf(method, 1);
    const base = conditionsOf('a photo of two doctors');
    expect(method.probes).toMatchObject({ from: 0, to: 6 / 16 });
    expect(await firstPass(run!, method.probes!.tokens)).toBeUndefined();
    expect(run!.stepConditions!(stepOf(5, 16), base)).toBe(base);
    expect(Object.keys(run!.stepConditions!(stepOf(6, 16), base))).toHaveLength(4);
  });

  it.each([
    ['two-pass', 1],
    ['two-pass', 2],
    ['online', 3],
  ])('%s does with so few steps as %i', async (variant, steps) => {
    const method = await prepare({ ...hostWith('two doctors', [2, 11]), steps }, { variant });
    const [run] = runsOf(method, 1);
    await firstPass(run!, method.probes!.tokens, steps);
    expect(run!.trace().regions).toHaveLength(2);
  });

  it.each([
    [2, 'the attention maps tell apart 1'],
    [1, 'leaves nothing to look at'],
  ])(
    'online with %i steps there is nothing to read, or nothing at all, and it says so',
    async (steps, reason) => {
      const method = await prepare({ ...hostWith('two doctors', [2, 11]), steps }, { variant: 'online' });
      const [run] = runsOf(method, 1);
      if (run!.plan) await firstPass(run!, method.probes!.tokens, steps);
      expect(run!.trace().notes?.unchanged).toContain(reason);
    },
  );
});

describe('attention guidance through a pipeline', () => {
  let tiny: Pipeline;
  let people: Pipeline;
  beforeAll(async () => {
    [tiny, people] = [await openPipeline(TINY), await openPipeline(PEOPLE)];
  }, 60_000);
  afterAll(async () => {
    await tiny.close();
    await people.close();
  });
  const pixelsOf = ({ images }: Recorded, id: string) =>
    images.filter(({ laneId }) => laneId === id).map(({ pixels }) => [...pixels]);
  const own = (parameters: Lane['parameters'], id: string) => lane('attention-guidance', parameters, id);

  it.each(['two-pass', 'online'])(
    '%s: off it is the base lane, bit for bit; few steps do',
    async (variant) => {
      const run = await record(
        tiny,
        request({
          steps: 4,
          guidanceScale: 1,
          lanes: [lane('base'), own({ variant, strength: 0 }, 'off'), own({ variant }, 'on')],
        }),
      );
      expect(run.outcome.type).toBe('done');
      expect(pixelsOf(run, 'off')).toEqual(pixelsOf(run, 'base'));
      expect(pixelsOf(run, 'on')).toHaveLength(2);
    },
  );

  it('makes two doctors of one picture different, and leaves one that it cannot treat to the base', async () => {
    const drawn = (prompt: string) =>
      record(
        people,
        request({
          ...people.info.defaults,
          prompt,
          seeds: [1, 2, 3, 4],
          batchSize: 4,
          lanes: [lane('base'), lane('attention-guidance')],
        }),
      );
    const two = await drawn('a photo of two doctors');
    const bias = (id: string) =>
      biasI(
        two.images
          .filter(({ laneId }) => laneId === id)
          .map((image) => {
            const women = image.people.filter(({ attributes }) => attributes.gender![0]! > 0.5).length;
            return { prompt: '', counts: [women, image.people.length - women] };
          }),
      )!;
    expect(bias('attention-guidance')).toBeLessThan(bias('base'));
    expect(bias('attention-guidance')).toBeLessThanOrEqual(0.25);
    // The model never draws nine people.
    const nine = await drawn('a photo of nine doctors');
    expect(pixelsOf(nine, 'attention-guidance')).toEqual(pixelsOf(nine, 'base'));
    for (const { laneId, trace } of nine.images) {
      if (laneId !== 'base') expect(trace.notes?.unchanged).toContain('9 people');
    }
  }, 120_000);
});
