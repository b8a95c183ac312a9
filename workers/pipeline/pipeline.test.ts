import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCHEDULER_IDS } from '../../src/core/schedulers';
import { lane, openPipeline, PEOPLE, type Recorded, record, request, TINY } from '../testing/tiny';
import type { Pipeline } from './pipeline';

const pixelsOf = ({ images }: Recorded, laneId: string) =>
  images.filter((image) => image.laneId === laneId).map(({ pixels }) => [...pixels]);

describe.each([TINY, PEOPLE].filter((folder) => existsSync(`${folder}/manifest.json`)))(
  'a run on %s',
  (folder) => {
    let pipeline: Pipeline;
    beforeAll(async () => {
      pipeline = await openPipeline(folder);
    }, 60_000);
    afterAll(() => pipeline.close());

    it('draws the very pixels of the base lane where MIST has strength 0', async () => {
      const off = lane('mist', { strength: 0 });
      const run = await record(pipeline, request({ seeds: [1, 2, 3], lanes: [lane('base'), off] }));
      expect(run.outcome.type).toBe('done');
      expect(pixelsOf(run, 'mist')).toEqual(pixelsOf(run, 'base'));
      expect(pixelsOf(run, 'base')).toHaveLength(3);
    });

    it('draws other pixels where a method does something', async () => {
      const lanes = [
        lane('base'),
        lane('mist'),
        lane('mist', { mode: 'target' }, 'target'),
        lane('sd-ei'),
        lane('attribute-prompt'),
      ];
      const run = await record(pipeline, request({ lanes }));
      const drawings = lanes.map(({ id }) => JSON.stringify(pixelsOf(run, id)));
      expect(new Set(drawings).size).toBe(lanes.length);
    });

    it('draws the same pixels in batches of 1, 3 and 4: on this backend a batch changes nothing', async () => {
      const seeds = [1, 2, 3, 4];
      const whole = await record(pipeline, request({ seeds, batchSize: 4 }));
      for (const batchSize of [1, 3]) {
        const parts = await record(pipeline, request({ seeds, batchSize }));
        expect(pixelsOf(parts, 'base')).toEqual(pixelsOf(whole, 'base'));
      }
    });

    it.each(SCHEDULER_IDS)(
      'draws with %s, and one image of it again, whatever stood beside it',
      async (scheduler) => {
        const asked = request({ scheduler, seeds: [5, 6, 7], batchSize: 3 });
        const whole = await record(pipeline, asked);
        expect(whole.outcome.type).toBe('done');
        const again = await record(pipeline, { ...asked, only: [1] });
        expect(again.images.map(({ pixels }) => pixels)).toEqual([whole.images[1]!.pixels]);
      },
    );

    it('draws one image of a run again, with the value that was assigned to it', async () => {
      const asked = request({
        seeds: [5, 6, 7, 8, 9],
        lanes: [lane('attribute-prompt', { attribute: 'tone' })],
      });
      const whole = await record(pipeline, asked);
      const again = await record(pipeline, { ...asked, only: [3] });
      expect(again.images).toHaveLength(1);
      expect(again.images[0]).toMatchObject({ index: 3, seed: 8, trace: whole.images[3]!.trace });
      expect(again.images[0]!.pixels).toEqual(whole.images[3]!.pixels);
    });
  },
);

describe('the events of a run', () => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await openPipeline(TINY);
  }, 60_000);

  it('come batch by batch, lane by lane, and count up to the total', async () => {
    const run = await record(pipeline, request({ seeds: [1, 2, 3], lanes: [lane('base'), lane('sd-ei')] }));
    expect(run.images.map(({ laneId, index }) => `${laneId} ${index}`)).toEqual([
      'base 0',
      'base 1',
      'sd-ei 0',
      'sd-ei 1',
      'base 2',
      'sd-ei 2',
    ]);
    const progress = run.events.flatMap((event) => (event.type === 'progress' ? [event] : []));
    expect(progress.map(({ done }) => done)).toEqual(progress.map(({ done }) => done).sort((a, b) => a - b));
    const last = progress.at(-1)!;
    expect(last.done).toBe(last.total);
    expect(last.remainingMs).toBe(0);
  });

  it('hold previews on the way, before the image itself', async () => {
    const run = await record(pipeline, request({ seeds: [1], steps: 6 }));
    const types = run.events.map(({ type }) => type);
    expect(types.filter((type) => type === 'preview').length).toBeGreaterThanOrEqual(3);
    expect(types.lastIndexOf('preview')).toBeLessThan(types.indexOf('image'));
  });

  it('tell where the time went', async () => {
    const { outcome } = await record(pipeline, request({ seeds: [1, 2, 3], steps: 4 }));
    const { timings } = outcome;
    expect(timings.steps).toBe(8);
    expect(timings.unetEvaluations).toBe(3 * 4 * 2);
    expect(timings.unetRun).toBeGreaterThan(0);
    expect(timings.unetRun).toBeLessThanOrEqual(timings.denoise);
  });

  it("note once what a method's own prompt holds that the model never saw, or loses", async () => {
    const notesOf = async (asked: Parameters<typeof request>[0]) =>
      (await record(pipeline, request(asked))).events.flatMap((event) =>
        event.type === 'note' ? [event.text] : [],
      );
    const [note, ...others] = await notesOf({ lanes: [lane('sd-ei', { sentence: 'control-honesty' })] });
    expect(note).toContain('honesty');
    expect(others).toEqual([]);
    const long = `a photo of a doctor ${'with glasses '.repeat(35)}`;
    expect((await notesOf({ prompt: long, lanes: [lane('sd-ei')] }))[0]).toContain('too long');
    expect(await notesOf({ lanes: [lane('base'), lane('mist')] })).toEqual([]);
  });

  it('run no unconditional branch when guidance is off', async () => {
    const { outcome } = await record(pipeline, request({ seeds: [1], steps: 4, guidanceScale: 1 }));
    expect(outcome.timings.unetEvaluations).toBe(4);
  });
});

describe('stopping a run', () => {
  it('stops within the step after the cancel, and keeps what was finished', async () => {
    const pipeline = await openPipeline(TINY);
    let steps = 0;
    const run = await record(pipeline, request({ seeds: [1, 2, 3, 4], steps: 10 }), (event, cancel) => {
      if (event.type !== 'progress') return;
      steps += 1;
      // The first batch has 10 steps and reports two finished images; stop in the middle of the second.
      if (steps === 15) cancel();
    });
    expect(run.outcome.type).toBe('cancelled');
    expect(run.outcome.timings.steps).toBe(13);
    expect(run.images).toHaveLength(2);
  });
});

describe('a run that goes wrong', () => {
  let pipeline: Pipeline;
  beforeAll(async () => {
    pipeline = await openPipeline(TINY);
  }, 60_000);

  it('gives up a lane that fails, and goes on with the others', async () => {
    const lanes = [lane('nonsense'), lane('mist', { rho: -1 }), lane('base')];
    const run = await record(pipeline, request({ lanes }));
    const failed = run.events.flatMap((event) => (event.type === 'lane-failed' ? [event] : []));
    expect(failed.map(({ laneId, error }) => `${laneId}: ${error.code}`)).toEqual([
      'nonsense: method-unknown',
      'mist: method-parameter',
    ]);
    expect(failed[1]!.error.message).toContain('"rho"');
    expect(run.images).toHaveLength(2);
    expect(run.outcome.type).toBe('done');
  });

  it('fails as a whole when no lane is left', async () => {
    const { outcome } = await record(pipeline, request({ lanes: [lane('nonsense')] }));
    expect(outcome).toMatchObject({ type: 'failed', error: { code: 'method-unknown' } });
  });

  it.each([
    ['an empty prompt', { prompt: '  ' }, 'prompt-empty', 'prompt is empty'],
    ['no seeds', { seeds: [] }, 'request-invalid', 'seeds'],
    ['a seed that is none', { seeds: [1, -1] }, 'request-invalid', 'seeds.1: -1'],
    ['a seed beyond 32 bits', { seeds: [2 ** 32] }, 'request-invalid', 'seeds.0'],
    ['half an image a batch', { batchSize: 0.5 }, 'request-invalid', 'batchSize'],
    ['guidance that is no number', { guidanceScale: Number.NaN }, 'request-invalid', 'guidanceScale'],
    ['no steps', { steps: 0 }, 'request-invalid', 'step'],
    ['no lanes', { lanes: [] }, 'request-invalid', 'lanes'],
    ['two lanes of one name', { lanes: [lane('base'), lane('base')] }, 'request-invalid', 'lanes'],
    ['a position that is not there', { only: [2] }, 'request-invalid', 'only: 2'],
  ])('says what is wrong with %s', async (_, changes, code, text) => {
    const { outcome, events } = await record(pipeline, request(changes));
    expect(outcome).toMatchObject({
      type: 'failed',
      error: { code, message: expect.stringContaining(text) },
    });
    expect(events).toEqual([]);
  });
});
