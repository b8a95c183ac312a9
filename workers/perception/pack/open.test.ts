import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Picture } from '../../pipeline/decoder';
import { createNodeRuntime } from '../../runtime/node';
import type { Runtime } from '../../runtime/runtime';
import { cutOut, squareAround } from './cut';
import { PACK } from './manifest';
import { openPack, type PackSource } from './open';

/** From transformers and Pillow: training/golden/perception_pack.py. */
const FOLDER = 'workers/perception/pack/golden';
const golden = JSON.parse(readFileSync(`${FOLDER}/golden.json`, 'utf8')) as {
  picture: { width: number; height: number; pixels: number[] };
  cuts: Record<string, number[]>;
  people: { box: number[]; chances: Record<string, number[]> }[];
};
const { width, height } = golden.picture;
const picture: Picture = {
  ...{ width, height },
  pixels: Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) =>
    i % 4 === 3 ? 255 : golden.picture.pixels[3 * Math.floor(i / 4) + (i % 4)]!,
  ),
};

/** @param changes files that are other ones; null: not there. */
function source(changes: Readonly<Record<string, Uint8Array | string | null>> = {}): PackSource {
  return {
    name: 'golden',
    has: (path) => changes[path] !== null && (path in changes || existsSync(join(FOLDER, path))),
    async read(path) {
      const changed = changes[path];
      if (typeof changed === 'string') return new TextEncoder().encode(changed);
      return changed ?? new Uint8Array(readFileSync(join(FOLDER, path)));
    },
  };
}
// biome-ignore lint/suspicious/noExplicitAny: a manifest that is about to be broken
type Loose = any;
const manifest = (change: (json: Loose) => void): string => {
  const json = JSON.parse(readFileSync(join(FOLDER, PACK), 'utf8')) as Loose;
  change(json);
  return JSON.stringify(json);
};

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createNodeRuntime(1);
});
afterAll(() => runtime.close());
const open = (changes: Parameters<typeof source>[0] = {}) => openPack(source(changes), runtime, () => {});

describe('a cut', () => {
  it.each(Object.entries(golden.cuts))('%s is Pillow’s to the level', (name, expected) => {
    const [filter, ...box] = name.split(' ');
    const [x, y, w, h] = box.map(Number) as [number, number, number, number];
    const plain = { width: 16, height: 12, mean: [0, 0, 0], std: [1, 1, 1] } as const;
    const { data } = cutOut(picture, [x, y, w, h], { ...plain, filter: filter as 'bilinear' });
    const levels = expected.map((_, i) => {
      const [at, c] = [Math.floor(i / 3), i % 3];
      return Math.round(255 * data[c * 16 * 12 + at]!);
    });
    const worst = Math.max(...levels.map((level, i) => Math.abs(level - expected[i]!)));
    const others = levels.filter((level, i) => level !== expected[i]).length;
    // Pillow computes in whole numbers of 22 bits, so a half may fall to the other side.
    expect(worst).toBeLessThanOrEqual(1);
    expect(others / levels.length).toBeLessThan(0.01);
  });

  it('is a square inside the picture, around its box where there is room', () => {
    const any = fc.double({ min: -20, max: 80, noNaN: true });
    const length = fc.double({ min: 0.1, max: 80, noNaN: true });
    fc.assert(
      fc.property(any, any, length, length, (x, y, w, h) => {
        const [left, top, side, tall] = squareAround([x, y, w, h], 1.5, picture);
        expect(tall).toBe(side);
        expect(side).toBeCloseTo(Math.min(1.5 * Math.max(w, h), width, height), 9);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left + side).toBeLessThanOrEqual(width + 1e-9);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top + side).toBeLessThanOrEqual(height + 1e-9);
      }),
    );
  });
});

describe('a pack', () => {
  it('finds and reads as transformers and Pillow do', async () => {
    const pack = await open();
    expect(pack.attributes.map(({ id }) => id)).toEqual(['gender', 'age', 'glasses', 'tone']);
    expect(pack.info).toMatchObject({ licence: 'MIT', error: { gender: { on: '100 made-up persons' } } });
    const people = await pack.reader.read(picture);
    expect(people).toHaveLength(golden.people.length);
    for (const [k, { box, chances }] of golden.people.entries()) {
      const found = people[k]!;
      for (const i of [0, 1, 2, 3] as const) expect(found.box[i]).toBeCloseTo(box[i]!, 4);
      for (const [id, expected] of Object.entries(chances)) {
        for (const [j, chance] of expected.entries()) {
          expect(found.attributes[id]![j], `${id} of ${k}`).toBeCloseTo(chance, 2);
        }
      }
      for (const shares of Object.values(found.attributes)) {
        expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
      }
    }
    await pack.close();
  });

  it('takes the whole picture for one person where it is told so', async () => {
    const whole = manifest((json) => {
      json.finder = { kind: 'whole' };
      json.readers = json.readers.slice(1);
      json.error = {};
    });
    const pack = await open({ [PACK]: whole, 'clip/vision.onnx': null });
    expect((await pack.reader.read(picture)).map(({ box, score }) => [box, score])).toEqual([
      [[0, 0, width, height], 1],
    ]);
    await pack.close();
  });

  it.each<[string, Record<string, Uint8Array | string | null>, RegExp]>([
    ['no pack.json', { [PACK]: null }, /holds no pack\.json/],
    ['no JSON', { [PACK]: '{' }, /pack\.json: it is no JSON/],
    [
      'another schema',
      {
        [PACK]: manifest((j) => {
          j.schema = 2;
        }),
      },
      /schema/,
    ],
    [
      'a path that leads out',
      {
        [PACK]: manifest((j) => {
          j.finder.graph = 'a/../../b.onnx';
        }),
      },
      /inside the folder/,
    ],
    [
      'an absolute path',
      {
        [PACK]: manifest((j) => {
          j.finder.graph = '/etc/passwd';
        }),
      },
      /inside the folder/,
    ],
    [
      'no licence',
      {
        [PACK]: manifest((j) => {
          delete j.licence;
        }),
      },
      /licence/,
    ],
    [
      'a graph that is not there',
      { 'glasses.onnx': null },
      /names glasses\.onnx, which is not in the folder/,
    ],
    [
      'a graph cut short',
      { 'finder.onnx': new Uint8Array(readFileSync(`${FOLDER}/finder.onnx`)).slice(0, 200) },
      /finder\.onnx/,
    ],
    [
      'one attribute read twice',
      {
        [PACK]: manifest((j) => {
          j.readers.push({ kind: 'skin-tone' });
        }),
      },
      /"tone"/,
    ],
    [
      'one value twice',
      {
        [PACK]: manifest((j) => {
          j.readers[1].attributes[0].values[1].id = 'no';
        }),
      },
      /"no" twice/,
    ],
    [
      'an error of nothing',
      {
        [PACK]: manifest((j) => {
          j.error.hair = j.error.gender;
        }),
      },
      /"hair"/,
    ],
    [
      'an error of the wrong shape',
      {
        [PACK]: manifest((j) => {
          j.error.gender.confusion = [[1, 2]];
        }),
      },
      /2 rows and columns/,
    ],
    ['no tokenizer', { 'tokenizer/tokenizer.json': null, 'tokenizer/vocab.json': null }, /tokenizer/],
    ['a damaged tokenizer', { 'tokenizer/tokenizer.json': '{}' }, /tokenizer/],
  ])('with %s is refused in clear words', async (_, changes, words) => {
    const opening = open(changes);
    await expect(opening).rejects.toMatchObject({ message: expect.stringMatching(words) as string });
    await expect(opening).rejects.toHaveProperty('nextStep');
  });

  it('with towers of two CLIPs, or outputs that are not there, says so at the first picture', async () => {
    const swapped = manifest((json) => {
      json.readers[0].image.graph = 'glasses.onnx';
    });
    const pack = await open({ [PACK]: swapped });
    await expect(pack.reader.read(picture)).rejects.toThrow(/not of one CLIP/);
    await pack.close();
    const far = manifest((json) => {
      json.readers[1].attributes[0].offset = 2;
    });
    const other = await open({ [PACK]: far });
    await expect(other.reader.read(picture)).rejects.toThrow(/logits of glasses should stand at 2 to 3/);
    await other.close();
    const blind = manifest((json) => {
      json.finder = { ...json.finder, graph: 'glasses.onnx', input: { width: 32, height: 32 } };
    });
    const third = await open({ [PACK]: blind });
    await expect(third.reader.read(picture)).rejects.toThrow(/a finder gives boxes/);
    await third.close();
  });

  it('refuses any pack.json that is not one, whatever it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (json) => {
        await expect(open({ [PACK]: JSON.stringify(json) })).rejects.toMatchObject({ code: 'pack-invalid' });
      }),
      { numRuns: 60 },
    );
  });
});
