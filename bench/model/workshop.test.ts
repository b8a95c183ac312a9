import { describe, expect, it } from 'vitest';
import { createNodeRuntime } from '../../workers/runtime/node';
import { PEOPLE } from '../../workers/testing/tiny';
import { createWorkshop } from './workshop';

/** The real model and the real readers, on as little as shows that they fit together. */
describe('the workshop', () => {
  it('draws, renders and sends through the autoencoder', async () => {
    const workshop = await createWorkshop(PEOPLE, await createNodeRuntime());
    const settings = { steps: 2, guidanceScale: 1, scheduler: 'ddim' as const };
    const drawn = await workshop.work({
      kind: 'draw',
      prompt: 'a photo of a doctor',
      seeds: [5, 6],
      settings,
    });
    expect(drawn.pictures.map(({ seed }) => seed)).toEqual([5, 6]);

    const rendered = await workshop.work({ kind: 'render', sampler: 'world', seeds: [9], features: true });
    expect(rendered).toMatchObject({ kind: 'read', pictures: [{ seed: 9, features: expect.any(Array) }] });

    const tripped = await workshop.work({ kind: 'round-trip', sampler: 'balanced', seeds: [3_100_001_000] });
    const [trip] = tripped.kind === 'round-trip' ? tripped.pictures : [];
    // 20 dB: a scaling factor that is left out, or planes in the wrong order, fall far below.
    expect(trip!.squaredError).toBeLessThan(255 ** 2 / 100);
    expect(trip!.squaredError).toBeGreaterThan(0);
    expect(trip!.people.length).toBeGreaterThan(0);
    expect(trip!.people.every(({ decoded }) => decoded !== null)).toBe(true);
  }, 120_000);

  it('says which pictures are missing instead of leaving them out', async () => {
    const workshop = await createWorkshop(PEOPLE, await createNodeRuntime());
    const settings = { steps: 2, guidanceScale: 1, scheduler: 'ddim' as const };
    await expect(workshop.work({ kind: 'draw', prompt: ' ', seeds: [1], settings })).rejects.toThrow(
      '" " gave 0 of 1 images',
    );
  }, 120_000);
});
