import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/core/tensor';
import type { ReaderConfig } from './config';
import { findPeaks, overlap, thin } from './peaks';
import { decodeReadings, softmax, toInput } from './reader';

const config: ReaderConfig = {
  stride: 8,
  input: { size: 32, mean: [0, 0, 0], std: [1, 1, 1] },
  boxUnit: 32,
  heatThreshold: 0.5,
  nmsIou: 0.4,
  attributes: [
    {
      id: 'gender',
      title: 'Gender',
      values: [
        { id: 'woman', title: 'Woman' },
        { id: 'man', title: 'Man' },
      ],
      offset: 0,
      temperature: 2,
      unclearBelow: 0.7,
    },
    {
      id: 'age',
      title: 'Age',
      values: [
        { id: 'young', title: 'Young' },
        { id: 'middle', title: 'Middle' },
        { id: 'old', title: 'Old' },
      ],
      offset: 2,
      temperature: 1,
      unclearBelow: 0.7,
    },
  ],
};

/** Maps of 4 x 4 cells: nobody anywhere, except what is set by (channel, row, column). */
function maps(
  heat: Record<string, number>,
  box: Record<string, number> = {},
  attributes: Record<string, number> = {},
) {
  const fill = (channels: number, empty: number, entries: Record<string, number>) => {
    const data = new Float32Array(channels * 16).fill(empty);
    for (const [key, value] of Object.entries(entries)) {
      const [channel, row, column] = key.split(',').map(Number);
      data[channel! * 16 + row! * 4 + column!] = value;
    }
    return tensor(data, [1, channels, 4, 4]);
  };
  return { heat: fill(1, -9, heat), box: fill(4, 0, box), attributes: fill(5, 0, attributes) };
}

describe('the reader', () => {
  it('reads box, score and calibrated probabilities off the cell of the head', () => {
    const [person, ...others] = decodeReadings(
      maps(
        { '0,1,2': 2 },
        { '0,1,2': 0.25, '1,1,2': -0.5, '2,1,2': Math.log(0.5), '3,1,2': Math.log(0.75) },
        { '0,1,2': 3, '1,1,2': 1, '4,1,2': Math.log(2) },
      ),
      config,
      1,
    );
    expect(others).toEqual([]);
    // Centre (2.5 + 0.25, 1.5 - 0.5) cells of 8 px = (22, 8); 16 x 24 px.
    expect(person!.box).toEqual([14, -4, 16, 24].map((value) => expect.closeTo(value, 5)));
    expect(person!.score).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    // Logits 3 and 1 at temperature 2 differ by 1.
    expect(person!.attributes.gender![0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(person!.attributes.age).toEqual([0.25, 0.25, 0.5].map((value) => expect.closeTo(value, 6)));
  });

  it('finds several people from left to right, and nobody where nothing is hot', () => {
    const small = { '2,1,3': -2, '3,1,3': -2, '2,2,0': -2, '3,2,0': -2 };
    const people = decodeReadings(maps({ '0,1,3': 5, '0,2,0': 1 }, small), config, 1);
    expect(people.map(({ score }) => score > 0.9)).toEqual([false, true]);
    expect(decodeReadings(maps({}), config, 1)).toEqual([]);
  });

  it('counts one head once, though several cells and boxes see it', () => {
    expect(
      decodeReadings(maps({ '0,1,1': 5, '0,1,2': 4, '0,3,1': 1 }, { '1,3,1': -1 }), config, 1),
    ).toHaveLength(1);
  });

  it('gives boxes in pixels of the picture, whatever the reader was shown', () => {
    const [one] = decodeReadings(maps({ '0,1,1': 5 }), config, 4);
    expect(one!.box).toEqual([-16, -16, 128, 128]);
  });

  it('shows the reader a picture of its size, in planes, 0..1', () => {
    const pixels = Uint8ClampedArray.from({ length: 64 * 64 * 4 }, (_, i) => [255, 51, 0, 255][i % 4]!);
    const { data, dims } = toInput({ width: 64, height: 64, pixels }, config);
    expect(dims).toEqual([1, 3, 32, 32]);
    expect([data[0], data[1024], data[2048]].map((x) => Math.round(x! * 10) / 10)).toEqual([1, 0.2, 0]);
  });
});

describe('its parts', () => {
  it('a peak is the hottest of its neighbourhood; a plateau counts once', () => {
    const heat = Float32Array.of(0, 1, 1, 0, 0, 0, 0, 0, 3);
    expect(findPeaks(heat, 3, 3, 0.6)).toMatchObject([
      { row: 2, column: 2 },
      { row: 0, column: 1 },
    ]);
  });

  it('boxes that overlap by a third of their union: 4 x 4 and 4 x 4 shifted by 2', () => {
    expect(overlap([0, 0, 4, 4], [2, 0, 4, 4])).toBeCloseTo(1 / 3, 9);
    expect(overlap([0, 0, 4, 4], [4, 0, 4, 4])).toBe(0);
    const found = [
      { box: [0, 0, 4, 4] as const },
      { box: [1, 0, 4, 4] as const },
      { box: [9, 9, 1, 1] as const },
    ];
    expect(thin(found, 0.4)).toEqual([found[0], found[2]]);
  });

  it('probabilities sum to 1 for logits of any size', () => {
    expect(softmax([1000, 1000])).toEqual([0.5, 0.5]);
    expect(softmax([0, -1000])[1]).toBe(0);
  });
});
