import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { attributeGap, excessOver } from './consistency';
import type { Pixels } from './similarity';
import { labOf, pictureQuality, skinMeasures } from './skin';

type Triple = [number, number, number];
interface Golden {
  readonly colours: readonly Triple[];
  readonly lab: readonly Triple[];
  readonly pictures: readonly {
    readonly width: number;
    readonly height: number;
    readonly data: readonly number[];
    readonly box: readonly [number, number, number, number];
    readonly skin: Readonly<Record<'area' | 'texture' | 'lightSpots' | 'darkSpots', number>>;
    readonly quality: Readonly<Record<'sharpness' | 'noise', number>>;
  }[];
  readonly gaps: {
    readonly people: readonly (readonly [group: number, value: number])[];
    readonly means: readonly number[];
    readonly gap: number;
    readonly excess: readonly number[];
  };
}
const golden: Golden = JSON.parse(readFileSync(new URL('./golden/skin.json', import.meta.url), 'utf8'));

describe('CIELAB equals skimage', () => {
  it.each(golden.colours.map((colour, i) => [colour, golden.lab[i]!] as const))('%j', (colour, lab) => {
    labOf(colour).forEach((value, k) => {
      expect(Math.abs(value - lab[k]!)).toBeLessThan(0.02);
    });
  });
});

describe('skin and sharpness equal scipy', () => {
  it.each(golden.pictures.map((picture, i) => [i, picture] as const))('picture %i', (_, one) => {
    const picture: Pixels = { ...one, channels: 3 };
    const skin = skinMeasures(picture, one.box)!;
    expect(skin.area).toBe(one.skin.area);
    expect(skin.texture).toBeCloseTo(one.skin.texture, 6);
    expect(skin.lightSpots).toBeCloseTo(one.skin.lightSpots, 9);
    expect(skin.darkSpots).toBeCloseTo(one.skin.darkSpots, 9);
    expect(one.skin.lightSpots * one.skin.darkSpots).toBeGreaterThan(0);
    const quality = pictureQuality(picture);
    expect(quality.sharpness).toBeCloseTo(one.quality.sharpness, 6);
    expect(quality.noise).toBeCloseTo(one.quality.noise, 8);
  });
});

describe('gaps between groups equal numpy', () => {
  it('of 60 people in four groups', () => {
    const { people, means, gap, excess } = golden.gaps;
    const found = attributeGap(
      people.map(([group, value]) => ({ group, value })),
      4,
    )!;
    expect(found.gap).toBeCloseTo(gap, 12);
    expect(found.means).toEqual(means.map((mean) => expect.closeTo(mean, 12)));
    expect(excessOver(found, 0)).toEqual(excess.map((one) => expect.closeTo(one, 12)));
  });
});
