import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvenhandError } from '../../src/core/errors';
import { readProjector, writeProjector } from './file';
import { checkFits, projectorId } from './identity';
import { madeProjector, randomRow } from './testing/made';
import type { Projector } from './types';

async function identified(changes: Partial<Projector> = {}): Promise<Projector> {
  const projector = madeProjector(changes);
  return { ...projector, id: await projectorId(projector) };
}

async function twoGroups(): Promise<Projector> {
  const { groups, network } = madeProjector();
  const light = {
    id: 'light',
    title: 'Light',
    fair: randomRow(3 * network.inputs, 9),
    stereotypical: new Float32Array(0),
  };
  return identified({
    groups: [light, ...groups],
    classifier: { weights: randomRow(2 * network.inputs, 10), bias: randomRow(2, 11) },
  });
}

describe('a projector as a file', () => {
  it('comes back as it was', async () => {
    for (const projector of [await identified(), await twoGroups()]) {
      expect(await readProjector(writeProjector(projector))).toEqual(projector);
    }
  });

  it('comes back from a buffer that holds more, at any place in it', async () => {
    const projector = await identified();
    const bytes = writeProjector(projector);
    for (const at of [1, 8]) {
      const larger = new Uint8Array(bytes.length + 20).fill(7);
      larger.set(bytes, at);
      expect(await readProjector(larger.subarray(at, at + bytes.length))).toEqual(projector);
      expect(await readProjector(Buffer.from(larger.buffer, at, bytes.length))).toEqual(projector);
    }
  });

  it('is safetensors: header length, header, numbers without gaps', async () => {
    const projector = await identified();
    const bytes = writeProjector(projector);
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    const { inputs, hidden, w1 } = projector.network;
    expect(header.w1).toEqual({
      dtype: 'F32',
      shape: [inputs, hidden],
      data_offsets: [0, 4 * inputs * hidden],
    });
    const ends = Object.values(header as Record<string, { data_offsets?: number[] }>).map(
      (e) => e.data_offsets?.[1] ?? 0,
    );
    expect(8 + length + Math.max(...ends)).toBe(bytes.length);
    expect(new Float32Array(bytes.slice(8 + length, 8 + length + 4 * inputs * hidden).buffer)).toEqual(w1);
  });

  it('is refused when it is damaged, in words', async () => {
    const bytes = writeProjector(await twoGroups());
    const refused = async (damaged: Uint8Array) => {
      const error = await readProjector(damaged).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(EvenhandError);
      expect((error as EvenhandError).code).toBe('metadata-invalid');
      return (error as EvenhandError).message;
    };
    expect(await refused(new Uint8Array(3))).toContain('no safetensors');
    expect(await refused(bytes.slice(0, -4))).toContain('does not lie');
    expect(await refused(Uint8Array.from([...bytes, 0]))).toContain('longer');
    const notANumber = bytes.slice();
    notANumber.set([0, 0, 192, 127], bytes.length - 4);
    expect(await refused(notANumber)).toContain('numbers that are none');
    const text = new TextDecoder('latin1').decode(bytes);
    const other = Uint8Array.from(text.replace('"F32"', '"F16"'), (letter) => letter.charCodeAt(0));
    expect(await refused(other)).toContain('header');
  });

  it('survives any cut and any changed byte: it is refused or reads as some projector', async () => {
    const bytes = writeProjector(await twoGroups());
    const header = Number(new DataView(bytes.buffer).getBigUint64(0, true)) + 8;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: header - 1 }),
        fc.integer({ min: 0, max: 255 }),
        fc.boolean(),
        async (at, value, cut) => {
          const damaged = cut ? bytes.slice(0, at) : bytes.slice();
          if (!cut) damaged[at] = value;
          const outcome = await readProjector(damaged).catch((caught: unknown) => caught);
          if (outcome instanceof Error) expect(outcome).toBeInstanceOf(EvenhandError);
          else expect((outcome as Projector).groups).toHaveLength(2);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the identity of a projector', () => {
  it('follows its numbers and its model, not its name', async () => {
    const { id } = await identified();
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect((await identified({ name: 'Another' })).id).toBe(id);
    expect((await identified({ model: { title: 'Tiny', hash: 'b'.repeat(64) } })).id).not.toBe(id);
    const { network } = madeProjector();
    const b1 = network.b1.map((value, i) => (i === 0 ? value + 1 : value));
    expect((await identified({ network: { ...network, b1 } })).id).not.toBe(id);
  });

  it('is refused by another model, with both named', () => {
    const projector = madeProjector();
    expect(() => checkFits(projector, { title: 'Tiny', hash: 'a'.repeat(64) })).not.toThrow();
    expect(() => checkFits(projector, { title: 'People', hash: 'b'.repeat(64) })).toThrow(
      /“Made for a test” was trained on Tiny \(aaaaaaaa\).*People \(bbbbbbbb\)/,
    );
  });
});
