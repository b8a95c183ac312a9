import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeRuntime } from '../../workers/runtime/node';
import { PEOPLE } from '../../workers/testing/tiny';
import { outsidePersons } from './change';
import { featureDistance, openClip } from './clip';
import type { Answer, DrawAnswer, DrawJob, Job } from './jobs';
import { openPictures } from './pictures';
import { createWorkshop } from './workshop';

const folder = mkdtempSync(join(tmpdir(), 'evenhand-methods-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const settings = { steps: 2, guidanceScale: 1, scheduler: 'ddim' as const };

describe('away from the persons', () => {
  it('is what no column around a head covers', () => {
    const outside = outsidePersons([[40, 40, 20, 20]], { width: 100, height: 100 });
    const at = (x: number, y: number) => outside[y * 100 + x];
    // The column reaches 18 to each side of the middle, from 7 above the head down.
    expect([at(50, 32), at(31, 60), at(69, 60), at(50, 99)]).toEqual([1, 1, 1, 0]);
    expect([at(50, 33), at(32, 60), at(67, 60)]).toEqual([0, 0, 0]);
    expect(outsidePersons([], { width: 2, height: 1 })).toEqual(new Uint8Array([1, 1]));
  });
});

describe('kept pictures', () => {
  it('are the very pixels, by prompt, seed and settings', () => {
    const pictures = openPictures(join(folder, 'kept'));
    const which = { prompt: 'a', seed: 1, settings };
    const picture = { width: 2, height: 1, pixels: new Uint8ClampedArray([1, 2, 3, 255, 4, 5, 6, 255]) };
    pictures.keep(which, picture);
    expect(pictures.read(which)).toEqual(picture);
    expect(pictures.has({ ...which, settings: { ...settings, steps: 3 } })).toBe(false);
    expect(() => pictures.read({ ...which, seed: 2 })).toThrow('start again');
  });
});

/** The real model and measuring networks, on as little as shows that they fit together. */
describe('the workshop', () => {
  let work: (job: Job) => Promise<Answer>;
  beforeAll(async () => {
    work = await createWorkshop(
      { model: PEOPLE, pictures: join(folder, 'base'), projector: '' },
      await createNodeRuntime(),
    );
  }, 120_000);
  const job: DrawJob = {
    ...{ kind: 'draw', method: 'base', parameters: {}, prompt: 'a photo of a doctor' },
    ...{ seeds: [1, 2, 3, 4], only: [0, 1], settings },
  };
  const drawn = async (changes: Partial<DrawJob>) => (await work({ ...job, ...changes })) as DrawAnswer;
  const prompts = { method: 'attribute-prompt', parameters: { attribute: 'gender', assignment: 'quota' } };

  it('compares a lane with the base pictures of the same seeds', async () => {
    const base = await drawn({});
    expect(base.pictures.map(({ seed }) => seed)).toEqual([1, 2]);
    expect(base.pictures[0]!.change).toBeUndefined();
    expect(base.unetEvaluations).toBe(2);
    const own = await drawn(prompts);
    for (const { change } of own.pictures) {
      expect(change!.psnr).toBeLessThan(60);
      expect(change!.clipI).toBeLessThan(1);
      expect(change!.features).toBeGreaterThan(0);
    }
    expect(own.seconds).toBeGreaterThan(0);
    await expect(drawn({ ...prompts, only: [3] })).rejects.toThrow('start again');
  }, 120_000);

  it('takes the base pictures where a method leaves a prompt alone', async () => {
    const prompt = 'a photo of a female doctor';
    await drawn({ prompt });
    const own = await drawn({ ...prompts, prompt, mayBeBase: true });
    expect(own.seconds).toBeUndefined();
    expect(own.pictures.map(({ change }) => [change!.psnr, change!.ssim, change!.features])).toEqual([
      [60, 1, 0],
      [60, 1, 0],
    ]);
  }, 120_000);

  it('knows a method that does nothing, and counts what lanes cost together', async () => {
    const same = {
      kind: 'identity',
      method: 'mist',
      parameters: { strength: 0 },
      prompt: job.prompt,
      seeds: [1],
      settings,
    } as const;
    expect(await work(same)).toEqual({ kind: 'identity', same: true });
    expect(await work({ ...same, parameters: {} })).toEqual({ kind: 'identity', same: false });
    const lanes = [
      { method: 'base', parameters: {} },
      { method: 'mist', parameters: {} },
    ];
    const cost = await work({ kind: 'together', lanes, prompt: job.prompt, seeds: [1], settings });
    expect(cost).toMatchObject({ apart: 4 });
  }, 120_000);

  it('says which pictures are missing instead of leaving them out', async () => {
    await expect(drawn({ method: 'rs-corrector' })).rejects.toThrow(
      'rs-corrector on "a photo of a doctor" gave 0 of 2 images',
    );
  }, 120_000);
});

describe('world-CLIP', () => {
  it('sees no distance between a picture and itself, and only what has weight', async () => {
    const clip = await openClip(await createNodeRuntime(1));
    const plain = (level: number, half = level) => ({
      ...{ width: 128, height: 128 },
      pixels: Uint8ClampedArray.from({ length: 128 * 128 * 4 }, (_, i) => (i % 512 < 256 ? level : half)),
    });
    const [a, b] = [await clip.see(plain(60)), await clip.see(plain(60, 200))];
    expect(featureDistance(a, a)).toBe(0);
    const left = { of: Uint8Array.from({ length: 128 * 128 }, (_, i) => (i % 128 < 32 ? 1 : 0)), side: 128 };
    expect(featureDistance(a, b, left)).toBeLessThan(featureDistance(a, b) / 4);
    expect(Math.hypot(...a.embedding)).toBeCloseTo(1, 5);
  });
});
