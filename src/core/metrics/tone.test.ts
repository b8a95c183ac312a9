import { describe, expect, it } from 'vitest';
import type { Pixels } from './similarity';
import { labOf } from './skin';
import { ITA_CLASSES, itaClass, MONK, skinTone, toneOf } from './tone';

const SIDE = 40;

/** A round face whose lower half lies in shadow. */
function face(lit: readonly number[], shade: readonly number[]): Pixels {
  const data: number[] = [];
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const inside = Math.hypot(x - 20, y - 20) < 16;
      data.push(...(inside ? (y < 26 ? lit : shade) : [30, 60, 200]));
    }
  }
  return { data, width: SIDE, height: SIDE, channels: 3 };
}

describe('skin tone', () => {
  it('of a swatch of the Monk scale is that swatch', () => {
    const read = MONK.map((swatch) => {
      const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(swatch.slice(at, at + 2), 16));
      return toneOf(labOf([r!, g!, b!])).monk;
    });
    expect(read).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('has the angles of its definition', () => {
    const tone = toneOf([70, 10, 20]);
    expect(tone.ita).toBeCloseTo(45, 10);
    expect(tone.hue).toBeCloseTo(63.435, 3);
    expect(ITA_CLASSES[itaClass(tone.ita)]).toBe('light');
    expect([60, 55, 30, 20, -10, -30, -60].map(itaClass)).toEqual([0, 1, 2, 3, 4, 5, 5]);
  });

  it('is that of the lit skin, not of its shadow', () => {
    const lit = [200, 150, 120] as const;
    const tone = skinTone(face(lit, [180, 133, 105]), [4, 4, 32, 32])!;
    const [lightness, a, b] = labOf(lit);
    expect(tone.lightness).toBeCloseTo(lightness, 6);
    expect(tone.hue).toBeCloseTo((Math.atan2(b, a) * 180) / Math.PI, 6);
    expect(skinTone(face(lit, lit), [0, 0, 2, 2])).toBeUndefined();
  });
});
