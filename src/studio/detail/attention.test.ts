import { describe, expect, it } from 'vitest';
import { quantise } from '../../../workers/inspect/quantise';
import type { InspectedImage, InspectedStep } from '../../../workers/inspect/types';
import type { AttentionLayer } from '../../../workers/methods/method';
import { heatOf, layerTitles, stepAt, stepCount, tokenNamed, tokenNames } from './attention';

const layer = (width: number, height: number, ...maps: number[][]): AttentionLayer => ({
  layer: 0,
  place: 'down',
  ...{ width, height },
  maps: maps.map((map) => Float32Array.from(map)),
});
const fine = layer(2, 2, [0.8, 0.4, 0, 0.2], [0.2, 0.6, 1, 0.8]);
const coarse = layer(1, 1, [0.5], [0.1]);
const layers = [fine, coarse];
const preview = { width: 1, height: 1, pixels: new Uint8ClampedArray(4) };
const step = (index: number, pass = 0): InspectedStep => ({
  ...{ index, pass, prompt: 'a doctor', preview },
  maps: layers.map(quantise),
});
const word = (...rows: number[]) => ({ kind: 'word', text: 'doctor', rows }) as const;

describe('the attention of a word', () => {
  it('is that of one layer, to half a percent of its largest value', () => {
    const heat = heatOf({ layers }, step(0), word(0), 0)!;
    expect([...heat.values].map((value) => Number(value.toFixed(2)))).toEqual([0.8, 0.4, 0, 0.2]);
    expect(heat.share).toBeCloseTo(0.35, 2);
  });

  it('is the mean over layers, a coarse one stretched over the finest', () => {
    const heat = heatOf({ layers }, step(0), word(0), 'all')!;
    expect(heat).toMatchObject({ width: 2, height: 2 });
    expect([...heat.values].map((value) => Number(value.toFixed(2)))).toEqual([0.65, 0.45, 0.25, 0.35]);
  });

  it('adds up the tokens of a word', () => {
    const heat = heatOf({ layers }, step(0), word(0, 1), 0)!;
    for (const value of heat.values) expect(value).toBeCloseTo(1, 2);
  });

  it('is not there where the model gives no maps', () => {
    expect(heatOf({ layers: [] }, { ...step(0), maps: [] }, word(0), 'all')).toBeNull();
  });
});

it('layers are named by place and size, those of a kind counted', () => {
  expect(layerTitles([fine, coarse, fine])).toEqual(['down 2 × 2', 'down 1 × 1', 'down 2 × 2, second']);
  expect(layerTitles([{ ...coarse, place: undefined }])).toEqual(['layer 1 × 1']);
});

it('a further pass stands for the steps that it went over again', () => {
  const image = { steps: [step(0), step(1), step(2), step(1, 1), step(2, 1)] } as unknown as InspectedImage;
  expect(stepCount(image)).toBe(3);
  expect(stepAt(image, 0)?.pass).toBe(0);
  expect(stepAt(image, 2)?.pass).toBe(1);
  expect(stepAt(image, 3)).toBeUndefined();
});

it('a word is known by itself, however many words stand before it', () => {
  const words = (text: string) =>
    text.split(' ').map((one, i) => ({ kind: 'word', text: one, rows: [i + 1] }) as const);
  const tokens = { short: words('a photo of a doctor'), long: words('a photo of a female doctor') };
  expect(tokenNames(tokens.short)).toEqual(['a', 'photo', 'of', 'a (2)', 'doctor']);
  expect(tokenNamed({ tokens }, { ...step(0), prompt: 'long' }, 'doctor')?.rows).toEqual([6]);
  expect(tokenNamed({ tokens }, { ...step(0), prompt: 'short' }, 'doctor')?.rows).toEqual([5]);
  expect(tokenNamed({ tokens }, { ...step(0), prompt: 'short' }, 'female')).toBeUndefined();
});
