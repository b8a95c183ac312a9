import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvenhandError } from '../../core/errors';
import {
  type ImageMetadata,
  metadataOf,
  parametersText,
  parseMetadata,
  pngTexts,
  readPngSettings,
} from './metadata';
import { encodePng } from './png';
import { textChunk, writeChunks } from './pngChunks';

const METADATA: ImageMetadata = metadataOf(
  {
    model: { id: 'people', title: 'People', hash: 'abcdef0123456789' },
    backend: 'wasm, 2 threads',
    request: {
      prompt: 'a photo of a doctor',
      seeds: [7, 8],
      steps: 12,
      guidanceScale: 4,
      scheduler: 'ddim',
      batchSize: 2,
      lanes: [{ id: 'lane-1', name: 'Base', method: 'base', parameters: {} }],
      targets: [{ attribute: 'gender', shares: { woman: 0.5, man: 0.5 } }],
    },
  },
  {
    laneId: 'lane-1',
    index: 0,
    seed: 7,
    width: 1,
    height: 1,
    people: [{ box: [0, 0, 1, 1], score: 0.9, attributes: { gender: [0.1, 0.9] } }],
    trace: {
      prompt: 'a photo of a female doctor',
      assigned: { gender: 'woman' },
      regions: [
        { name: 'doctor 1', columns: 2, rows: 2, runs: [1, 3], assigned: { gender: 'woman' }, votes: 0.75 },
      ],
    },
    milliseconds: 12.5,
  },
);

const pixel = { width: 1, height: 1, pixels: new Uint8ClampedArray([9, 8, 7, 255]) };

describe('settings inside a picture', () => {
  it('come back whole from the PNG', async () => {
    const bytes = await encodePng(pixel, pngTexts(METADATA));
    expect(readPngSettings(bytes)).toEqual({ from: 'evenhand', metadata: METADATA });
  });

  it('are also written the way other image tools read them, with the prompt that was really encoded', () => {
    expect(parametersText(METADATA)).toBe(
      'a photo of a female doctor\nSteps: 12, Sampler: DDIM, CFG scale: 4, Seed: 7, Size: 1x1, ' +
        'Model hash: abcdef0123, Model: people, Method: base, Version: Evenhand',
    );
  });

  it('name the variant of the model that drew it', async () => {
    const few = { ...METADATA, request: { ...METADATA.request, variant: 'fast' } };
    const bytes = await encodePng(pixel, pngTexts(few));
    expect(readPngSettings(bytes)).toEqual({ from: 'evenhand', metadata: few });
    expect(parametersText(few)).toContain('Model: people, Variant: fast, Method: base');
  });

  it('hold the trained variant of a lane, and refuse one of no strength there is', () => {
    const drawnBy = (strength: number): ImageMetadata => ({
      ...METADATA,
      request: {
        ...METADATA.request,
        lanes: METADATA.request.lanes.map((lane) => ({ ...lane, delta: { id: 'ddm', strength } })),
      },
    });
    expect(parseMetadata(JSON.stringify(drawnBy(0.5)))).toEqual(drawnBy(0.5));
    expect(parametersText(drawnBy(0.5))).toContain('Trained variant: ddm, Variant strength: 0.5');
    expect(() => parseMetadata(JSON.stringify(drawnBy(2)))).toThrow('request.lanes.0.delta.strength');
  });

  it('are taken from a picture of another tool as far as it names them', () => {
    const text =
      'a castle,\non a hill\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, CFG scale: 7.5, Seed: 42';
    const bytes = writeChunks([textChunk('parameters', text), { type: 'IEND', data: new Uint8Array(0) }]);
    expect(readPngSettings(bytes)).toEqual({
      from: 'parameters',
      prompt: 'a castle,\non a hill',
      seed: 42,
      steps: 20,
      guidance: 7.5,
    });
  });

  it('are refused with the path of what does not fit', () => {
    const bad = { ...METADATA, request: { ...METADATA.request, steps: 0 } };
    expect(() => parseMetadata(JSON.stringify(bad))).toThrow(/at request\.steps/);
    expect(() => parseMetadata('{')).toThrow(/not readable JSON/);
  });

  it('a picture without settings says so', async () => {
    const bytes = await encodePng(pixel);
    expect(() => readPngSettings(bytes)).toThrow('This picture carries no settings.');
  });

  it('any JSON is taken whole or refused with an error of ours', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(() => parseMetadata(text)).toThrow(EvenhandError);
      }),
    );
    const mutated = fc.tuple(fc.constantFrom(...Object.keys(METADATA)), fc.jsonValue());
    fc.assert(
      fc.property(mutated, ([key, replacement]) => {
        try {
          expect(parseMetadata(JSON.stringify({ ...METADATA, [key]: replacement })).software).toBe(
            'Evenhand',
          );
        } catch (error) {
          expect(error).toBeInstanceOf(EvenhandError);
        }
      }),
    );
  });
});
