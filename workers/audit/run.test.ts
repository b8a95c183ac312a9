import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../engineCore';
import { AUDIT_DEFAULTS } from '../methods/uce/audit';
import { noTimings } from '../pipeline/parts';
import type { Pipeline } from '../pipeline/pipeline';
import type { AttributeInfo, PersonReading, RunRequest } from '../protocol';
import { createNodeRuntime } from '../runtime/node';
import { openOnDisk, openPipeline, request, TINY, TINY_PLACE } from '../testing/tiny';
import { type AuditHost, runAudit } from './run';
import type { AuditJob, AuditProgress } from './types';

const GENDER: AttributeInfo = {
  ...{ id: 'gender', title: 'Gender presentation', unclearBelow: 0.8 },
  values: [
    { id: 'woman', title: 'woman' },
    { id: 'man', title: 'man' },
  ],
};
const { seeds: _seeds, lanes: _lanes, ...drawn } = request();
const JOB: AuditJob = {
  request: drawn,
  attribute: 'gender',
  parameters: { lambda: 2 },
  images: 8,
  seed: 100,
};

const person = (woman: number): PersonReading => ({
  ...{ box: [0, 0, 1, 1], score: 1 },
  attributes: { gender: [woman, 1 - woman] },
});

/** A model that draws what it is told: probabilities of "woman" of the people of each image, from the request. */
function madeHost(draw: (asked: RunRequest, index: number) => readonly number[]) {
  const asked: RunRequest[] = [];
  const host: AuditHost = {
    info: { attributes: [GENDER] },
    async runRequest(one, emit) {
      asked.push(one);
      one.seeds.forEach((seed, index) => {
        const people = draw(one, index).map(person);
        const picture = { width: 1, height: 1, pixels: new Uint8ClampedArray(4) };
        emit({
          type: 'image',
          image: { laneId: 'audit', index, seed, ...picture, people, trace: {}, milliseconds: 1 },
        });
      });
      return { type: 'done', timings: { ...noTimings(), unetEvaluations: 10 } };
    },
  };
  return { host, asked };
}

const run = (host: AuditHost, job = JOB, onProgress: (progress: AuditProgress) => void = () => {}) =>
  runAudit(host, job, onProgress, new AbortController().signal);

describe('an audit', () => {
  it('draws UCE lanes with the weights so far, on fresh seeds each round, and ends with weights that a lane takes', async () => {
    // Everybody is a man until the word "female" weighs 0.3; then half and half.
    const { host, asked } = madeHost(({ lanes }, index) => [
      Number(lanes[0]!.parameters.woman) < 0.3 ? 0.1 : 0.1 + 0.8 * (index % 2),
    ]);
    const { weights, settled, rounds, unetEvaluations } = await run(host);
    expect(settled).toBe(true);
    // 0.3 (0.5 - 0) a round, two rounds of it, and two that hold.
    expect(weights).toEqual({ woman: 0.3, man: -0.3 });
    expect(rounds.map(({ within }) => within)).toEqual([false, false, true, true]);
    expect(unetEvaluations).toBe(40);
    expect(asked.map(({ lanes }) => [lanes[0]!.method, lanes[0]!.parameters])).toEqual(
      [0, 0.15, 0.3, 0.3].map((w) => ['uce', { lambda: 2, woman: w, man: w === 0 ? 0 : -w }]),
    );
    const seeds = asked.flatMap((one) => one.seeds);
    expect(seeds).toEqual(Array.from({ length: 32 }, (_, i) => 100 + i));
  });

  it('draws with the trained variant of its lane', async () => {
    const { host, asked } = madeHost(() => [0.9, 0.1]);
    const delta = { id: 'ddm', strength: 0.5 };
    await run(host, { ...JOB, delta });
    expect(asked.map(({ lanes }) => lanes[0]!.delta)).toEqual(asked.map(() => delta));
  });

  it('counts clear readings only, all people of an image', async () => {
    const { host } = madeHost(() => [0.9, 0.7, 0.1, 0.3]);
    const { rounds } = await run(host);
    expect(rounds[0]!.counts).toEqual({ woman: 8, man: 8 });
  });

  it('aims at the targets of the request', async () => {
    const { host } = madeHost((_, index) => [index < 6 ? 0.05 : 0.95]);
    const targets = [{ attribute: 'gender', shares: { woman: 0.25, man: 0.75 } }];
    const report = await run(host, { ...JOB, request: { ...drawn, targets } });
    expect(report).toMatchObject({ settled: true, weights: { woman: 0, man: 0 } });
  });

  it('tells its course: every picture of every round, and the rounds behind it', async () => {
    const { host } = madeHost((_, index) => [index % 2]);
    const seen: AuditProgress[] = [];
    await run(host, JOB, (progress) => seen.push(progress));
    expect(seen.map(({ round, drawn: done }) => [round, done])).toEqual(
      [1, 2].flatMap((round) => Array.from({ length: 9 }, (_, done) => [round, done])),
    );
    expect(seen.at(-1)).toMatchObject({ rounds: AUDIT_DEFAULTS.rounds, images: 8, past: [{ round: 1 }] });
  });

  it('refuses what it cannot read or put into words, and a round without people', async () => {
    const { host } = madeHost(() => []);
    await expect(run(host)).rejects.toMatchObject({ code: 'request-invalid' });
    await expect(run(host, { ...JOB, attribute: 'age' })).rejects.toThrow('reads no such attribute');
    const glasses = { info: { attributes: [{ ...GENDER, id: 'glasses' }] }, runRequest: host.runRequest };
    await expect(run(glasses, { ...JOB, attribute: 'glasses' })).rejects.toThrow('no words are known');
  });
});

describe('an audit of a real pipeline', () => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await openPipeline(TINY);
  });
  afterAll(() => pipeline.close());
  const host = () => ({ runRequest: pipeline.runRequest, info: { attributes: [GENDER] } });

  it('says that nobody was read, where the model has no reader, or why it cannot draw', async () => {
    await expect(run(host())).rejects.toThrow('read nobody');
    const bad = { ...JOB, parameters: { lambda: -1 } };
    await expect(run(host(), bad)).rejects.toMatchObject({ code: 'method-parameter' });
  });

  it('stops within a round when it is cancelled', async () => {
    const controller = new AbortController();
    const audit = runAudit(
      host(),
      JOB,
      ({ drawn: done }) => done > 0 && controller.abort(),
      controller.signal,
    );
    await expect(audit).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('is one of the things that the engine does one at a time', async () => {
    const openRuntime = () => createNodeRuntime(1);
    const engine = createEngine({ openSource: openOnDisk, openRuntime });
    await engine.load(TINY_PLACE, 'wasm', () => {});
    const running = engine.generate(request({ steps: 20 }), () => {});
    expect(await engine.findWeights(JOB, () => {})).toMatchObject({ ok: false });
    await running;
    // The tiny model reads no attributes.
    const answer = await engine.findWeights(JOB, () => {});
    expect(answer).toMatchObject({ ok: false, error: { code: 'request-invalid' } });
    expect((await engine.generate(request(), () => {})).type).toBe('done');
  });
});
