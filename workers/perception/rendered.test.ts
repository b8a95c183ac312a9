import { readFileSync } from 'node:fs';
import { Resvg } from '@resvg/resvg-js';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { describePicture, drawPicture, type PersonLabels, sampleBalanced } from '../../src/core/world';
import type { PersonReading } from '../protocol';
import { createNodeRuntime } from '../runtime/node';
import { PEOPLE } from '../testing/tiny';
import { readerSchema } from './config';
import { createReader, type Reader } from './reader';

/** The shipped reader on drawings that no training has seen: seeds from here on are kept for this test. */
const FIRST_SEED = 3_000_000_000;
const PICTURES = 60;

const config = v.parse(readerSchema, JSON.parse(readFileSync(`${PEOPLE}/perception/reader.json`, 'utf8')));

interface Pair {
  readonly truth: PersonLabels;
  readonly read: PersonReading | undefined;
}

async function readAll(reader: Reader): Promise<{ pairs: Pair[]; extra: number }> {
  const pairs: Pair[] = [];
  let extra = 0;
  for (let i = 0; i < PICTURES; i++) {
    const { picture } = sampleBalanced(FIRST_SEED + i);
    const { width, height, pixels } = new Resvg(drawPicture(picture)).render();
    const people = await reader.read({ width, height, pixels: new Uint8ClampedArray(pixels) });
    const truths = describePicture(picture);
    for (const truth of truths) pairs.push({ truth, read: people.find((person) => isAt(person, truth)) });
    extra += people.filter((person) => !truths.some((truth) => isAt(person, truth))).length;
  }
  return { pairs, extra };
}

/** The middle of the reading's box lies in the true head. */
function isAt({ box: [x, y, width, height] }: PersonReading, { head }: PersonLabels): boolean {
  const middle = [x + width / 2, y + height / 2] as const;
  return (
    Math.abs(middle[0] - head.x - head.w / 2) < head.w / 2 &&
    Math.abs(middle[1] - head.y - head.h / 2) < head.h / 2
  );
}

/** Share of readings whose likeliest value is the true one; people without a truth (androgynous) do not count. */
function accuracy(
  pairs: readonly Pair[],
  id: 'gender' | 'tone' | 'age' | 'glasses' | 'cover' | 'occupation',
): number {
  const values = config.attributes.find((attribute) => attribute.id === id)!.values.map((value) => value.id);
  const right = pairs.flatMap(({ truth, read }) => {
    const shares = read?.attributes[id];
    return truth[id] === null || !shares ? [] : [values[shares.indexOf(Math.max(...shares))] === truth[id]];
  });
  return right.filter(Boolean).length / right.length;
}

describe('the shipped reader on fresh drawings', () => {
  let pairs: Pair[];
  let extra: number;
  beforeAll(async () => {
    const bytes = new Uint8Array(readFileSync(`${PEOPLE}/perception/reader.onnx`));
    const graph = await (await createNodeRuntime(1)).open(bytes, 'reader');
    ({ pairs, extra } = await readAll(createReader(graph, config)));
  }, 60_000);

  it('finds nearly every head, and hardly ever one that is not there', () => {
    expect(pairs.filter(({ read }) => read).length / pairs.length).toBeGreaterThan(0.95);
    expect(extra / pairs.length).toBeLessThan(0.05);
  });

  it.each([
    ['gender', 0.9],
    ['tone', 0.9],
    ['age', 0.85],
    ['glasses', 0.9],
    ['cover', 0.95],
    ['occupation', 0.85],
  ] as const)('reads %s right in more than %d of all heads', (id, least) => {
    expect(accuracy(pairs, id)).toBeGreaterThan(least);
  });

  it('gives probabilities that sum to 1', () => {
    for (const { read } of pairs) {
      for (const shares of Object.values(read?.attributes ?? {})) {
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      }
    }
  });
});
