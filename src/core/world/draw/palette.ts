import type { EyeColour, HairColour, MonkTone } from '../types';
import { brightness, mix, shade } from './svg';

/** Monk Skin Tone Scale swatches, 1 to 10 (E. Monk, skintone.google, CC BY 4.0). */
const MONK: Readonly<Record<MonkTone, string>> = {
  1: '#f6ede4',
  2: '#f3e7db',
  3: '#f7ead0',
  4: '#eadaba',
  5: '#d7bd96',
  6: '#a07e56',
  7: '#825c43',
  8: '#604134',
  9: '#3a312a',
  10: '#292420',
};

export const HAIR: Readonly<Record<HairColour, string>> = {
  black: '#1d1714',
  brown: '#5e3a22',
  auburn: '#a2431c',
  blond: '#dcb04e',
  grey: '#a9adb3',
  white: '#eeeeec',
};

export const EYES: Readonly<Record<EyeColour, string>> = {
  dark: '#20130c',
  hazel: '#6b4a1d',
  green: '#3d6b3a',
  blue: '#2f66a5',
};

/** None is near a skin tone, so that the face stands out from the cover on everybody. */
export const COVER_COLOURS = [
  '#3d6fa8',
  '#7b4a96',
  '#2c8271',
  '#b0483f',
  '#40444f',
  '#8fae3a',
  '#c98bb0',
] as const;
/** Plain tops of people without an occupation; no occupation's own colour is among them. */
export const TOP_COLOURS = [
  '#5f83bd',
  '#c4665a',
  '#57986c',
  '#8d76c2',
  '#c9963a',
  '#5aa3ad',
  '#8a6d5c',
] as const;
export const FRAME_COLOURS = ['#17171c', '#3a2012', '#2a1a3a'] as const;

/** The item at an index that wraps around. */
export function at(list: readonly string[], index: number): string {
  return list[((Math.trunc(index) % list.length) + list.length) % list.length] ?? '#808080';
}

/** Colours of one skin tone: the exact swatch, its shadow, the outline and lines, and natural lips. */
export interface Skin {
  readonly base: string;
  readonly shadow: string;
  /** Outline, nose and wrinkles: darker than light skin, lighter than dark skin, so that they are seen on all ten. */
  readonly line: string;
  readonly edge: string;
  readonly lips: string;
  readonly blush: string;
}

export function skinOf(tone: MonkTone): Skin {
  const base = MONK[tone];
  const bright = brightness(base);
  const dark = bright < 0.3;
  return {
    base,
    shadow: dark ? shade(base, 0.22) : mix(base, '#8a4a26', 0.25),
    line: dark ? mix(base, '#c99f7f', 0.42) : mix(base, '#4a2412', 0.55),
    edge: dark ? mix(base, '#b08a6c', 0.32) : mix(base, '#5a2e18', 0.42),
    lips: dark ? mix(base, '#c0766a', 0.5) : mix(base, '#7a3026', 0.45),
    blush: dark ? mix(base, '#d2604e', 0.5) : mix(base, '#ea6a5c', 0.5),
  };
}
