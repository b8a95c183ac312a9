import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NamedTensor, readSafetensors, writeSafetensors } from './safetensors';

/** A file with that header, of that length where it lies about it. */
function file(header: unknown, data = 0, length?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + data);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const two = (from: number, to: number, changes: object = {}) => ({
  a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
  b: { dtype: 'F32', shape: [2], data_offsets: [from, to], ...changes },
});

/** valibot leaves these out of every record. */
const UNSAFE = ['__proto__', 'prototype', 'constructor'];
const key = fc.string().filter((text) => !UNSAFE.includes(text));

const tensors = fc
  .uniqueArray(fc.tuple(fc.string(), fc.array(fc.nat(4), { maxLength: 3 })), { selector: ([key]) => key })
  .map(
    (list) =>
      new Map<string, NamedTensor>(
        list
          .filter(([key]) => key !== '__metadata__')
          .map(([key, shape], n) => {
            const size = shape.reduce((product, dim) => product * dim, 1);
            return [key, { shape, data: Float32Array.from({ length: size }, (_, i) => i / 3 - n) }];
          }),
      ),
  );

describe('safetensors', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(key, fc.string()), (written, metadata) => {
        const read = readSafetensors(writeSafetensors(written, metadata), 'x');
        expect([...read.tensors].sort()).toEqual([...written].sort());
        expect(Object.entries(read.metadata)).toEqual(Object.entries(metadata));
      }),
    );
  });

  it('lie at any place of a buffer', () => {
    const written = writeSafetensors(new Map([['w', { shape: [2], data: Float32Array.of(1.5, -2) }]]));
    const shifted = new Uint8Array(written.length + 3);
    shifted.set(written, 3);
    expect(readSafetensors(shifted.subarray(3), 'x').tensors.get('w')?.data).toEqual(
      Float32Array.of(1.5, -2),
    );
  });

  it('are whole or refused: no damage brings anything but an error in words or other numbers', () => {
    const written = writeSafetensors(
      new Map([
        ['a', { shape: [2, 3], data: new Float32Array(6).fill(1) }],
        ['b', { shape: [1], data: Float32Array.of(2) }],
      ]),
    );
    fc.assert(
      fc.property(fc.nat(written.length - 1), fc.nat(255), fc.nat(written.length), (at, value, end) => {
        const bytes = written.with(at, value).subarray(0, end);
        try {
          const { tensors } = readSafetensors(bytes, 'x');
          expect(end).toBe(written.length);
          for (const { shape, data } of tensors.values()) {
            expect(data.length).toBe(shape.reduce((product, dim) => product * dim, 1));
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'model-corrupt' });
        }
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['nothing at all', new Uint8Array(0), 'it has 0 bytes'],
    ['a header of gigabytes', file({}, 0, 5_000_000_000n), 'its header claims 5000000000 bytes'],
    ['a header of 2^63 bytes', file({}, 0, 2n ** 63n), 'its header claims 9223372036854775808 bytes'],
    ['a header past the end', file({}, 0, 100n), 'claims 100 bytes, and only 2 follow'],
    ['no JSON', file('{"a": '), 'its header is no JSON'],
    ['a list', file('[]'), 'its header is no JSON object'],
    ['a key twice', file('{"a":{},"a":{}}'), 'its header names "a" twice'],
    ['a tensor without a shape', file({ a: { dtype: 'F32', data_offsets: [0, 4] } }, 4), 'entry "a"'],
    ['a negative offset', file(two(-8, 0), 16), 'entry "b"'],
    ['half a byte', file(two(8.5, 16.5), 16), 'entry "b"'],
    ['metadata that are no texts', file({ __metadata__: { a: 1 } }), 'entry "__metadata__"'],
    ['an unknown number type', file(two(8, 16, { dtype: 'F8_E4M3' }), 16), '"b" is F8_E4M3'],
    ['an overlap', file(two(4, 12), 16), '"b" overlaps the one before it: it begins at byte 4'],
    ['a gap', file(two(12, 20), 20), '"b" leaves a gap before it: it begins at byte 12'],
    ['another length than the shape', file(two(8, 12), 12), 'has 4 bytes, not 8'],
    ['offsets past the end', file(two(8, 16), 12), '"b" ends at byte 16 of the data, of which there are 12'],
    ['a shape beyond counting', file(two(8, 16, { shape: [2 ** 40, 2 ** 40] }), 16), 'not'],
    ['bytes behind the last', file(two(8, 16), 20), '4 bytes follow the last tensor'],
  ])('are refused with %s', (_, bytes, text) => {
    expect(() => readSafetensors(bytes, 'fair.safetensors')).toThrow(text);
    expect(() => readSafetensors(bytes, 'fair.safetensors')).toThrow('fair.safetensors cannot be read');
  });
});
