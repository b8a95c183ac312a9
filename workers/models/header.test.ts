import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesField, integerField, join as joinBytes, stringField } from '../onnx/wire';
import { TINY } from '../testing/tiny';
import { readHeader } from './header';

const tiny = async (path: string) => new Uint8Array(await readFile(`${TINY}/${path}`));

describe('the header of a graph', () => {
  it('tells the weights of the tiny UNet without them', async () => {
    const bytes = await tiny('unet/model.onnx');
    const { weights, operators, externalFiles, largestTensorBytes } = await readHeader(
      new Blob([bytes]),
      'unet/model.onnx',
    );
    // Counted by Python's onnx over initializers and constant attributes.
    expect(weights).toEqual({ float32: 16_501, float16: 0, small: 187_392 });
    expect(largestTensorBytes).toBeLessThan(bytes.length);
    expect(operators).toContain('Conv');
    expect(operators).toContain('Softmax');
    expect(externalFiles).toEqual([]);
  });

  it('counts a tensor in a file of its own: [320, 4] of float16 in weights.pb', async () => {
    const entry = (key: string, value: string) =>
      bytesField(13, joinBytes([stringField(1, key), stringField(2, value)]));
    const tensor = joinBytes([
      bytesField(1, Uint8Array.of(0xc0, 0x02, 4)),
      integerField(2, 10),
      entry('location', 'weights.pb'),
      entry('offset', '0'),
    ]);
    const model = bytesField(7, joinBytes([bytesField(1, stringField(4, 'Gelu')), bytesField(5, tensor)]));
    expect(await readHeader(new Blob([model.slice()]), 'm')).toEqual({
      weights: { float32: 0, float16: 1280, small: 0 },
      largestTensorBytes: 2560,
      externalFiles: ['weights.pb'],
      operators: new Set(['Gelu']),
    });
  });

  it('answers a damaged file with its place, or reads on, and never hangs', async () => {
    const bytes = await tiny('vae_decoder/model.onnx');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: bytes.length - 1 }),
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 1, max: 255 }),
        async (length, at, mask) => {
          const damaged = bytes.slice(0, length);
          if (at < length) damaged[at]! ^= mask;
          const answer = await readHeader(new Blob([damaged]), 'm.onnx').then(
            () => undefined,
            (error: unknown) => error,
          );
          if (answer)
            expect(answer).toMatchObject({
              code: 'model-corrupt',
              message: expect.stringContaining('m.onnx'),
            });
        },
      ),
      { numRuns: 40 },
    );
  });
});
