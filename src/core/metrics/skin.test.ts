import { describe, expect, it } from 'vitest';
import type { Pixels } from './similarity';
import { labOf, pictureQuality, skinMeasures } from './skin';

const SIDE = 40;
const SKIN = [200, 150, 120] as const;

/** A face of one colour on a blue ground, then painted on. */
function face(
  paint: (x: number, y: number) => readonly [number, number, number] | undefined = () => undefined,
): Pixels {
  const data: number[] = [];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const ground = Math.hypot(x - 20, y - 20) < 16 ? SKIN : ([30, 60, 200] as const);
      data.push(...(paint(x, y) ?? ground));
    }
  }
  return { data, width: SIDE, height: SIDE, channels: 3 };
}

const box = [4, 4, 32, 32] as const;

describe('measures of skin', () => {
  it('find the skin, and nothing on a plain face', () => {
    const plain = skinMeasures(face(), box)!;
    const disc = Array.from(
      { length: SIDE ** 2 },
      (_, i) => Math.hypot((i % SIDE) - 20, Math.floor(i / SIDE) - 20) < 16,
    );
    // The box cuts off one column and one row of the disc's far side.
    expect(plain.area).toBeGreaterThan(disc.filter(Boolean).length - 40);
    expect(plain.area).toBeLessThanOrEqual(disc.filter(Boolean).length);
    expect(plain).toMatchObject({ texture: 0, lightSpots: 0, darkSpots: 0 });
  });

  it('count spots of either kind, but no eye-sized patch', () => {
    const at = (x: number, y: number, left: number, top: number, side: number) =>
      x >= left && x < left + side && y >= top && y < top + side;
    const spotted = face((x, y) => {
      if (at(x, y, 14, 16, 2)) return [255, 235, 225];
      if (at(x, y, 26, 25, 2) || at(x, y, 18, 28, 2)) return [120, 80, 60];
      if (at(x, y, 23, 13, 5)) return [20, 20, 20];
      return undefined;
    });
    const { area, lightSpots, darkSpots } = skinMeasures(spotted, box)!;
    expect((lightSpots * area) / 1000).toBeCloseTo(1, 9);
    expect((darkSpots * area) / 1000).toBeCloseTo(2, 9);
  });

  it('measure texture as the contrast of neighbouring pixels', () => {
    const checkered = face((x, y) =>
      Math.hypot(x - 20, y - 20) < 16
        ? [SKIN[0] + ((x + y) % 2 ? 4 : 0), SKIN[1] + ((x + y) % 2 ? 4 : 0), SKIN[2] + ((x + y) % 2 ? 4 : 0)]
        : undefined,
    );
    // Every neighbour differs by 4 levels, and there are four.
    expect(skinMeasures(checkered, box)!.texture).toBeCloseTo(16, 6);
  });

  it('say nothing of a head that is not there', () => {
    expect(skinMeasures(face(), [100, 100, 20, 20])).toBeUndefined();
    expect(skinMeasures(face(), [10, 10, 2, 2])).toBeUndefined();
  });
});

describe('quality without a reference', () => {
  it('is 0 for a flat picture, and knows the deviation of noise', () => {
    const flat: Pixels = { data: new Array(SIDE ** 2).fill(90), width: SIDE, height: SIDE, channels: 1 };
    expect(pictureQuality(flat)).toEqual({ sharpness: 0, noise: 0 });
    let state = 7;
    const uniform = () => {
      state = (state * 1103515245 + 12345) % 2 ** 31;
      return state / 2 ** 31;
    };
    const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
    const side = 120;
    const noisy: Pixels = {
      data: Array.from({ length: side ** 2 }, () => 128 + 5 * normal()),
      width: side,
      height: side,
      channels: 1,
    };
    expect(pictureQuality(noisy).noise).toBeGreaterThan(4.7);
    expect(pictureQuality(noisy).noise).toBeLessThan(5.3);
    expect(() => pictureQuality({ ...flat, width: 2, height: 2 })).toThrow(RangeError);
  });
});

describe('CIELAB', () => {
  it('has the values of the standard for white, red and grey', () => {
    expect(labOf([255, 255, 255])[0]).toBeCloseTo(100, 3);
    const red = labOf([255, 0, 0]);
    expect(red[0]).toBeCloseTo(53.24, 1);
    expect(red[1]).toBeCloseTo(80.09, 1);
    expect(red[2]).toBeCloseTo(67.2, 1);
    expect(labOf([119, 119, 119])[0]).toBeCloseTo(50, 0);
  });
});
