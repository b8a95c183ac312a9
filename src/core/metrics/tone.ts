import type { Pixels } from './similarity';
import type { HeadBox } from './skin';
import { labOf, skinColours } from './skin';

/**
 * Skin tone of one head (methods 7.7). Light makes it unreliable for a single picture: report distributions, never a person's label.
 */
export interface SkinTone {
  /** L*, 0..100; under 60 dark, over 60 light (Thong et al. 2023). */
  readonly lightness: number;
  /** Hue angle atan(b* / a*), degrees; under 55 reddish, over 55 yellowish (Thong et al. 2023). */
  readonly hue: number;
  /** Individual typology angle, degrees (Chardon et al. 1991); falls as skin gets darker. */
  readonly ita: number;
  /** 1..10, the Monk swatch of the nearest L*. Swatches are yellower than skin, so colour is not compared. */
  readonly monk: number;
}

/** Monk skin tone scale (Monk 2019), 1 to 10. */
export const MONK: readonly string[] = [
  '#f6ede4',
  '#f3e7db',
  '#f7ead0',
  '#eadaba',
  '#d7bd96',
  '#a07e56',
  '#825c43',
  '#604134',
  '#3a312a',
  '#292420',
];

const DEGREES = 180 / Math.PI;
const MONK_LIGHTNESS = MONK.map((swatch) => {
  const level = (at: number) => Number.parseInt(swatch.slice(at, at + 2), 16);
  return labOf([level(1), level(3), level(5)])[0];
});

/** Tone of a colour. @param lab CIELAB under D65. */
export function toneOf([lightness, a, b]: readonly [number, number, number]): SkinTone {
  const away = MONK_LIGHTNESS.map((own) => Math.abs(own - lightness));
  return {
    lightness,
    hue: Math.atan2(b, a) * DEGREES,
    ita: Math.atan2(lightness - 50, b) * DEGREES,
    monk: 1 + away.indexOf(Math.min(...away)),
  };
}

/** Share of the skin's pixels that counts: the lightest, for shadow is not skin tone. */
const LIT = 0.6;

/**
 * Mean colour of the lightest three fifths of a head's skin, as Thong et al. (ICCV 2023) take three clusters of five.
 * @returns undefined where the head has too little skin to tell (skinMeasures).
 */
export function skinTone(picture: Pixels, box: HeadBox): SkinTone | undefined {
  const colours = skinColours(picture, box)?.toSorted((x, y) => y[0] - x[0]);
  if (!colours) return undefined;
  const lit = colours.slice(0, Math.ceil(LIT * colours.length));
  const mean = (channel: 0 | 1 | 2) => lit.reduce((sum, colour) => sum + colour[channel], 0) / lit.length;
  return toneOf([mean(0), mean(1), mean(2)]);
}

/** ITA classes, lightest first (Del Bino and Bernerd 2013). */
export const ITA_CLASSES = ['very light', 'light', 'intermediate', 'tan', 'brown', 'dark'] as const;
const ITA_LIMITS = [55, 41, 28, 10, -30];

/** @returns index into ITA_CLASSES. */
export function itaClass(ita: number): number {
  const found = ITA_LIMITS.findIndex((limit) => ita > limit);
  return found < 0 ? ITA_LIMITS.length : found;
}
