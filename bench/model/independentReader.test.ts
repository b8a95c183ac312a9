import { beforeAll, describe, expect, it } from 'vitest';
import { describePicture } from '../../src/core/world';
import { createNodeRuntime } from '../../workers/runtime/node';
import {
  type IndependentReader,
  openIndependentReader,
  readerHash,
  readerQuality,
} from './independentReader';
import type { ReadPicture } from './jobs';
import { render, sampleOf } from './rendering';

/** Drawings that no training has seen: seeds from here on are kept for this test. */
const FIRST_SEED = 3_100_000_000;
const PICTURES = 40;

describe('the independent reader on fresh renderings', () => {
  let reader: IndependentReader;
  const read: { truth: ReturnType<typeof describePicture>; picture: ReadPicture }[] = [];

  beforeAll(async () => {
    reader = await openIndependentReader(await createNodeRuntime(1));
    for (let seed = FIRST_SEED; seed < FIRST_SEED + PICTURES; seed++) {
      const sample = sampleOf('balanced', seed);
      read.push({ truth: describePicture(sample.picture), picture: await reader.read(seed, render(sample)) });
    }
  });

  it('finds everybody and nobody else', () => {
    const wrong = read.filter(({ truth, picture }) => truth.length !== picture.people.length);
    expect(wrong.length).toBeLessThanOrEqual(1);
  });

  it.each(['gender', 'tone', 'age', 'glasses', 'cover', 'expression', 'occupation'] as const)(
    'reads %s from left to right',
    (id) => {
      const pairs = read
        .filter(({ truth, picture }) => truth.length === picture.people.length)
        .flatMap(({ truth, picture }) =>
          truth.map((one, i) => [one[id] ?? 'androgynous', picture.people[i]!.values[id]]),
        );
      expect(pairs.length).toBeGreaterThan(60);
      expect(pairs.filter(([wanted, found]) => wanted === found).length / pairs.length).toBeGreaterThan(0.93);
    },
  );

  it('gives features that are the same for the same picture and others for another, only where asked', async () => {
    const of = async (seed: number) =>
      (await reader.read(seed, render(sampleOf('world', seed)), true)).features;
    const [a, again, b] = [await of(FIRST_SEED), await of(FIRST_SEED), await of(FIRST_SEED + 1)];
    expect(a).toEqual(again);
    expect(a).not.toEqual(b);
    expect(a!.length).toBeGreaterThan(16);
    expect(a!.every(Number.isFinite)).toBe(true);
    expect(read[0]!.picture.features).toBeUndefined();
  });

  it('says how good it is, and names its weights', () => {
    expect(readerQuality().countRight).toBeGreaterThan(0.97);
    expect(Object.keys(readerQuality().attributes)).toContain('expression');
    expect(readerHash()).toMatch(/^[0-9a-f]{64}$/);
  });
});
