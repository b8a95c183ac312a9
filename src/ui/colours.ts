/**
 * The one place for colours of attribute values. Told apart with every common colour blindness (lightness differs as
 * well as hue); ordered attributes get ordered tones; gender presentation is neither pink nor blue.
 */
const GENDER = { woman: '#d9922e', man: '#7363c0' } as const;
/** Monk Skin Tone Scale swatches 3, 5, 7 and 9: one of each group (E. Monk, skintone.google, CC BY 4.0). */
const TONE = { light: '#f7ead0', tan: '#d7bd96', brown: '#825c43', dark: '#3a312a' } as const;
const AGE = { young: '#a9cfc4', middle: '#4f9c8c', old: '#1d5a50' } as const;

const KNOWN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  gender: GENDER,
  tone: TONE,
  age: AGE,
};

/** For attributes without a palette of their own; the first is the quiet one ("none", "no"). */
const CATEGORICAL = [
  '#b9b3a8',
  '#d9922e',
  '#7363c0',
  '#2f8f7f',
  '#b5523b',
  '#7fa33c',
  '#3f6fa8',
  '#8a6d5c',
  '#c7b23c',
  '#6d8a96',
  '#a0568f',
  '#4c5b3a',
  '#8f8f8f',
] as const;

/** Swatches as light as paper or as dark as night need an edge to be seen on it. */
export const needsEdge = (attribute: string): boolean => attribute === 'tone';

export function valueColour(attribute: string, value: string, index: number): string {
  return KNOWN[attribute]?.[value] ?? CATEGORICAL[index % CATEGORICAL.length]!;
}

/** The design tokens that charts need as attribute values; the rest of the page uses them from CSS. */
export const TOKEN = {
  text: 'var(--eh-text)',
  muted: 'var(--eh-muted)',
  line: 'var(--eh-line)',
  accent: 'var(--eh-accent)',
  floor: 'var(--eh-floor)',
  surface: 'var(--eh-surface)',
} as const;
