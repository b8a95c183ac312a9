import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from './golden/blocks.json';
import {
  BLOCK,
  fitsHalf,
  fromHalf,
  fromInt4,
  fromInt8,
  int4Blocks,
  int8PerChannel,
  toHalf,
} from './rounding';

const float = fc.float({ noNaN: true, min: -1e4, max: 1e4 });
const matrix = (rows: number, columns: number) =>
  fc
    .array(float, { minLength: rows * columns, maxLength: rows * columns })
    .map((values) => Float32Array.from(values));
/** Steps are float32: half of one is a little more or less. */
const HALF = 0.5001;

describe('int8 per channel', () => {
  it('is never off by more than half a step of the own channel', () => {
    fc.assert(
      fc.property(matrix(6, 4), fc.constantFrom(0, 1, 2), (values, axis) => {
        const dims = [2, 3, 4];
        const int8 = int8PerChannel(values, dims, axis);
        const back = fromInt8(int8, dims, axis);
        expect(int8.scale).toHaveLength(dims[axis]!);
        values.forEach((value, i) => {
          const place = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4][axis]!;
          expect(Math.abs(value - back[i]!)).toBeLessThanOrEqual(HALF * int8.scale[place]!);
        });
      }),
    );
  });

  it('puts the largest magnitude of each channel at 127, and leaves other channels their own scale', () => {
    const { data, scale } = int8PerChannel(Float32Array.of(127, 0.5, -63.5, -1), [2, 2], 1);
    expect([...data]).toEqual([127, 64, -63, -127]);
    expect(scale[0]).toBe(1);
    expect(scale[1]).toBeCloseTo(1 / 127, 8);
  });
});

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const floats = (text: string) => new Float32Array(bytes(text).buffer);

describe('4 bits in blocks', () => {
  it('packs as onnxruntime does, bit for bit', () => {
    const int4 = int4Blocks(floats(golden.matrix), golden.K, golden.N);
    expect(int4.packed).toEqual(bytes(golden.packed));
    expect(int4.scales).toEqual(floats(golden.scales));
    expect(int4.zeros).toEqual(bytes(golden.zeros));
  });

  it('is never off by more than half a step of the own block, and keeps zeros', () => {
    fc.assert(
      fc.property(matrix(2 * BLOCK, 2), (values) => {
        const int4 = int4Blocks(values, 2 * BLOCK, 2);
        const back = fromInt4(int4, 2 * BLOCK, 2);
        values.forEach((value, i) => {
          const [row, column] = [Math.floor(i / 2), i % 2];
          const step = int4.scales[column * 2 + Math.floor(row / BLOCK)]!;
          expect(Math.abs(value - back[i]!)).toBeLessThanOrEqual(HALF * step);
          if (value === 0) expect(back[i]).toBeCloseTo(0, 12);
        });
      }),
    );
  });

  it('refuses rows that do not fill blocks', () => {
    expect(() => int4Blocks(new Float32Array(33), 33, 1)).toThrow('32 do not fill 33 rows');
  });
});

describe('halves', () => {
  it('lose a 2048th of a number at most, where they hold it', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: Math.fround(1e-4), max: 65504 }), (value) => {
        const [back] = fromHalf(toHalf(Float32Array.of(value)));
        expect(Math.abs(back! - value)).toBeLessThanOrEqual(value / 2048);
      }),
    );
  });

  it('say when they cannot hold the numbers', () => {
    expect(fitsHalf(Float32Array.of(1, -2.5, 65504))).toBe(true);
    expect(fitsHalf(Float32Array.of(1, 70000))).toBe(false);
    expect(fitsHalf(Float32Array.of(1e-8, 2e-8))).toBe(false);
  });
});
