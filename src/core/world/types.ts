/**
 * The drawn world's vocabulary: every attribute a person can have, and the plain data a picture is drawn from.
 * The value ids here are used unchanged by the reader, the charts and the bias table.
 */

/** Gender presentations; `androgynous` exists in the world only and is labelled as "no value" for the reader. */
export const PRESENTATIONS = ['woman', 'man', 'androgynous'] as const;
export type Presentation = (typeof PRESENTATIONS)[number];

export const GENDERS = ['woman', 'man'] as const;
export type Gender = (typeof GENDERS)[number];

export const TONE_GROUPS = ['light', 'tan', 'brown', 'dark'] as const;
export type ToneGroup = (typeof TONE_GROUPS)[number];

/** A tone of the Monk scale, 1 (lightest) to 10 (darkest). */
export type MonkTone = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** Monk tones of each group, in order. */
export const MONK_OF_GROUP: Readonly<Record<ToneGroup, readonly MonkTone[]>> = {
  light: [1, 2, 3],
  tan: [4, 5],
  brown: [6, 7],
  dark: [8, 9, 10],
};

export const AGES = ['young', 'middle', 'old'] as const;
export type Age = (typeof AGES)[number];

export const GLASSES = ['no', 'yes'] as const;
export type Glasses = (typeof GLASSES)[number];

export const COVERS = ['none', 'hijab', 'turban'] as const;
export type Cover = (typeof COVERS)[number];

export const EXPRESSIONS = ['smiling', 'neutral'] as const;
export type Expression = (typeof EXPRESSIONS)[number];

export const OCCUPATIONS = [
  'doctor',
  'nurse',
  'engineer',
  'ceo',
  'teacher',
  'chef',
  'firefighter',
  'police',
  'farmer',
  'scientist',
  'housekeeper',
  'artist',
  'person',
] as const;
/** `person` is "no occupation". */
export type Occupation = (typeof OCCUPATIONS)[number];

export const SHORT_HAIR = ['bald', 'buzz', 'short', 'sidepart', 'curly', 'afro'] as const;
export const LONG_HAIR = ['bob', 'long', 'wavy', 'bun', 'ponytail', 'braids', 'locs'] as const;
export const HAIR_STYLES = [...SHORT_HAIR, ...LONG_HAIR] as const;
export type HairStyle = (typeof HAIR_STYLES)[number];

export const HAIR_COLOURS = ['black', 'brown', 'auburn', 'blond', 'grey', 'white'] as const;
export type HairColour = (typeof HAIR_COLOURS)[number];

export const FACIAL_HAIR = ['none', 'stubble', 'moustache', 'goatee', 'beard'] as const;
export type FacialHair = (typeof FACIAL_HAIR)[number];

export const EYE_COLOURS = ['dark', 'hazel', 'green', 'blue'] as const;
export type EyeColour = (typeof EYE_COLOURS)[number];

export const SCENES = [
  'plain',
  'hospital',
  'office',
  'kitchen',
  'street',
  'field',
  'classroom',
  'lab',
  'garden',
] as const;
export type Scene = (typeof SCENES)[number];

/** Small differences between two people who have the same attributes. All are independent of the attributes. */
export interface Jitter {
  /** Shifts of the four presentation cues, each -0.3..0.3; positive is more masculine. */
  readonly jaw: number;
  readonly brow: number;
  readonly lash: number;
  readonly lip: number;
  /** Head tilt in degrees, -5..5. */
  readonly tilt: number;
  /** Sideways shift of the head against the body in local pixels, -1.5..1.5. */
  readonly lean: number;
  /** Lightening (positive) or darkening (negative) of the clothes, -0.1..0.1. */
  readonly clothesTint: number;
  /** Indices into the palettes, wrapped by the renderer. */
  readonly top: number;
  readonly coverColour: number;
  readonly frame: number;
  /** Mirror the prop to the other hand. */
  readonly mirror: boolean;
}

/** One drawn person. Every attribute is an argument of its own; none is derived from another. */
export interface Person {
  readonly gender: Presentation;
  readonly tone: MonkTone;
  readonly age: Age;
  readonly glasses: Glasses;
  readonly cover: Cover;
  readonly hair: HairStyle;
  readonly hairColour: HairColour;
  readonly facialHair: FacialHair;
  readonly earrings: boolean;
  readonly expression: Expression;
  readonly eyes: EyeColour;
  readonly occupation: Occupation;
  readonly jitter: Jitter;
}

/** One picture: 1 to 4 people from left to right, a scene, and the seed of its layout and background jitter. */
export interface Picture {
  readonly people: readonly Person[];
  readonly scene: Scene;
  readonly seed: number;
}

/** A rectangle in pixels of the 128 x 128 canvas; x, y is the top left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Side of the square canvas in pixels. */
export const CANVAS = 128;

/** The group (light, tan, brown, dark) that a Monk tone belongs to. */
export function toneGroup(tone: MonkTone): ToneGroup {
  if (tone <= 3) return 'light';
  if (tone <= 5) return 'tan';
  if (tone <= 7) return 'brown';
  return 'dark';
}
