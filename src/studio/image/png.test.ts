import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvenhandError } from '../../core/errors';
import { decodePng, encodePng, type Picture } from './png';
import { readChunks, textsOf } from './pngChunks';

const picture = (opaque: boolean): fc.Arbitrary<Picture> =>
  fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })).chain(([width, height]) =>
    fc.uint8ClampedArray({ minLength: width * height * 4, maxLength: width * height * 4 }).map((raw) => ({
      width,
      height,
      pixels: raw.map((v, i) => (opaque && i % 4 === 3 ? 255 : v)) as Picture['pixels'],
    })),
  );

describe('PNG without a canvas', () => {
  it('gives back every pixel, opaque or not', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean().chain(picture), async (image) => {
        expect(await decodePng(await encodePng(image))).toEqual(image);
      }),
    );
  });

  it('carries any text, in any script', async () => {
    const image = { width: 1, height: 1, pixels: new Uint8ClampedArray([1, 2, 3, 255]) };
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const bytes = await encodePng(image, { parameters: text, evenhand: '{}' });
        expect(textsOf(readChunks(bytes)).get('parameters')).toBe(text);
      }),
    );
  });

  it('writes the signature, the header and the checksum that other programs expect', async () => {
    const bytes = await encodePng({ width: 1, height: 1, pixels: new Uint8ClampedArray([0, 0, 0, 255]) });
    expect([...bytes.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    // The CRC of an empty IEND chunk is the same in every PNG there is.
    expect([...bytes.subarray(-4)]).toEqual([0xae, 0x42, 0x60, 0x82]);
  });

  it('refuses a truncated file and a flipped byte with a sentence', async () => {
    const bytes = await encodePng({ width: 2, height: 2, pixels: new Uint8ClampedArray(16).fill(255) });
    for (let cut = 0; cut < bytes.length; cut++) {
      await expect(decodePng(bytes.subarray(0, cut))).rejects.toThrow(EvenhandError);
    }
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at] = flipped[at]! ^ 0x10;
      await expect(decodePng(flipped)).rejects.toThrow(/not a whole PNG/);
    }
  });

  it('answers any bytes with a picture or an error of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const withHead = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10, ...bytes]);
        await expect(decodePng(withHead)).rejects.toThrow(EvenhandError);
      }),
    );
  });
});
