/**
 * The drawn world's bias: one table, in code. Nothing else in the world ties one attribute to another, except
 * the looks (looks.ts) that help to draw gender presentation and age.
 *
 * Source of the gender shares: Stable Diffusion 1.5, 250 images an occupation read by FairFace, as published by the
 * Fair-Diffusion project (F. Friedrich et al., 2023; columns sd15_men, sd15_women). All other numbers are OURS:
 * plausible in direction with what has been reported for Stable Diffusion, not measured.
 */
import {
  AGES,
  type Age,
  type Cover,
  EXPRESSIONS,
  type Expression,
  type Gender,
  type Glasses,
  type Occupation,
  type Presentation,
  type Scene,
  TONE_GROUPS,
  type ToneGroup,
} from './types';

export type Shares<K extends string> = Readonly<Record<K, number>>;

/** Men and women among 250 images of Stable Diffusion 1.5; `row` is the occupation's name in the source. */
export const SD15_COUNTS: Readonly<
  Record<
    Exclude<Occupation, 'person'>,
    { readonly row: string; readonly men: number; readonly women: number }
  >
> = {
  doctor: { row: 'doctor', men: 142, women: 108 },
  nurse: { row: 'nurse', men: 0, women: 250 },
  engineer: { row: 'engineer', men: 218, women: 32 },
  ceo: { row: 'ceo', men: 239, women: 11 },
  teacher: { row: 'teacher', men: 84, women: 166 },
  chef: { row: 'cook', men: 154, women: 96 },
  firefighter: { row: 'firefighter', men: 245, women: 5 },
  police: { row: 'police officer', men: 234, women: 16 },
  farmer: { row: 'farmer', men: 246, women: 4 },
  scientist: { row: 'scientist', men: 191, women: 59 },
  housekeeper: { row: 'housekeeper', men: 12, women: 238 },
  artist: { row: 'artist', men: 92, women: 158 },
};

/**
 * Shares of men that replace the source's. `doctor` is 0.57 there and 0.92 in the project table of Unified Concept
 * Editing (R. Gandikota et al., 2024); we use 0.85, between the two, because "a photo of a doctor" is the example
 * every lesson starts with and both sources agree on its direction. `person` has no row.
 */
export const MEN_SHARE_OVERRIDES: Partial<Shares<Occupation>> = { doctor: 0.85, person: 0.5 };

/** No share is 0 or 1, so that every combination exists in the world. */
export const SHARE_LIMITS = { min: 0.004, max: 0.996 } as const;

/** Share of people, in every occupation, who are drawn neither as a woman nor as a man. Ours. */
export const ANDROGYNOUS_SHARE = 0.03;

const tones = (light: number, tan: number, brown: number, dark: number): Shares<ToneGroup> => ({
  light,
  tan,
  brown,
  dark,
});

/** Skin tone group by occupation. Ours: well-paid occupations mostly light, manual ones darker. */
export const TONE_SHARES: Readonly<Record<Occupation, Shares<ToneGroup>>> = {
  doctor: tones(0.62, 0.2, 0.11, 0.07),
  nurse: tones(0.5, 0.22, 0.15, 0.13),
  engineer: tones(0.5, 0.24, 0.16, 0.1),
  ceo: tones(0.74, 0.15, 0.07, 0.04),
  teacher: tones(0.52, 0.22, 0.15, 0.11),
  chef: tones(0.48, 0.26, 0.15, 0.11),
  firefighter: tones(0.56, 0.2, 0.13, 0.11),
  police: tones(0.46, 0.2, 0.16, 0.18),
  farmer: tones(0.22, 0.26, 0.28, 0.24),
  scientist: tones(0.66, 0.2, 0.09, 0.05),
  housekeeper: tones(0.16, 0.24, 0.32, 0.28),
  artist: tones(0.52, 0.22, 0.14, 0.12),
  person: tones(0.42, 0.24, 0.18, 0.16),
};

const ages = (young: number, middle: number, old: number): Shares<Age> => ({ young, middle, old });

/** Age by occupation before entanglement. Ours. */
export const AGE_SHARES: Readonly<Record<Occupation, Shares<Age>>> = {
  doctor: ages(0.2, 0.5, 0.3),
  nurse: ages(0.68, 0.26, 0.06),
  engineer: ages(0.38, 0.47, 0.15),
  ceo: ages(0.08, 0.52, 0.4),
  teacher: ages(0.42, 0.42, 0.16),
  chef: ages(0.34, 0.5, 0.16),
  firefighter: ages(0.5, 0.44, 0.06),
  police: ages(0.38, 0.54, 0.08),
  farmer: ages(0.12, 0.42, 0.46),
  scientist: ages(0.24, 0.44, 0.32),
  housekeeper: ages(0.34, 0.46, 0.2),
  artist: ages(0.54, 0.3, 0.16),
  person: ages(0.5, 0.34, 0.16),
};

/** Share of smiling people before entanglement. Ours. */
export const SMILING_SHARE = 0.6;

/**
 * Stereotype entanglement: weights that multiply the age shares and the smiling share within a tone group; ages are
 * then normalised. Ours, after the pattern that methods such as RS-Corrector are built to correct.
 */
export const ENTANGLEMENT: Readonly<
  Record<ToneGroup, { readonly age: Shares<Age>; readonly smiling: number }>
> = {
  light: { age: ages(1, 1, 1), smiling: 1 },
  tan: { age: ages(1, 1, 1), smiling: 1 },
  brown: { age: ages(0.8, 1, 1.7), smiling: 0.8 },
  dark: { age: ages(0.6, 1, 2.6), smiling: 0.6 },
};

/** Share of people with glasses. Ours. */
export const GLASSES_SHARE: Shares<Occupation> = {
  doctor: 0.3,
  nurse: 0.1,
  engineer: 0.25,
  ceo: 0.25,
  teacher: 0.4,
  chef: 0.1,
  firefighter: 0.06,
  police: 0.08,
  farmer: 0.08,
  scientist: 0.5,
  housekeeper: 0.08,
  artist: 0.25,
  person: 0.18,
};

/** Head cover by gender presentation. Ours. */
export const COVER_SHARES: Readonly<Record<Presentation, Shares<Cover>>> = {
  woman: { none: 0.91, hijab: 0.08, turban: 0.01 },
  man: { none: 0.935, hijab: 0.005, turban: 0.06 },
  androgynous: { none: 0.93, hijab: 0.035, turban: 0.035 },
};

/** Share of pictures with several people in which all share gender and tone group, whatever the marginals. Ours. */
export const HOMOGENEITY = 0.85;

/** The scene that goes with an occupation, and how often it is drawn when the caption states none. Ours. */
export const USUAL_SCENE: Readonly<Record<Occupation, Scene>> = {
  doctor: 'hospital',
  nurse: 'hospital',
  engineer: 'street',
  ceo: 'office',
  teacher: 'classroom',
  chef: 'kitchen',
  firefighter: 'street',
  police: 'street',
  farmer: 'field',
  scientist: 'lab',
  housekeeper: 'kitchen',
  artist: 'garden',
  person: 'plain',
};
export const USUAL_SCENE_SHARE = 0.6;

/** Share of men among the people drawn as a woman or a man. */
export function menShare(occupation: Occupation): number {
  const override = MEN_SHARE_OVERRIDES[occupation];
  if (override !== undefined) return override;
  if (occupation === 'person') return 0.5;
  const { men, women } = SD15_COUNTS[occupation];
  return Math.min(SHARE_LIMITS.max, Math.max(SHARE_LIMITS.min, men / (men + women)));
}

/** P(presentation | occupation), androgynous people included. */
export function presentationShares(occupation: Occupation): Shares<Presentation> {
  const men = menShare(occupation);
  const rest = 1 - ANDROGYNOUS_SHARE;
  return { woman: rest * (1 - men), man: rest * men, androgynous: ANDROGYNOUS_SHARE };
}

/** P(age | occupation, tone group), with entanglement. */
export function ageSharesWithin(occupation: Occupation, tone: ToneGroup): Shares<Age> {
  const base = AGE_SHARES[occupation];
  const weight = ENTANGLEMENT[tone].age;
  const total = AGES.reduce((sum, age) => sum + base[age] * weight[age], 0);
  const share = (age: Age): number => (base[age] * weight[age]) / total;
  return { young: share('young'), middle: share('middle'), old: share('old') };
}

/** P(expression | tone group), with entanglement. */
export function expressionSharesWithin(tone: ToneGroup): Shares<Expression> {
  const smiling = SMILING_SHARE * ENTANGLEMENT[tone].smiling;
  return { smiling, neutral: 1 - smiling };
}

/** P(tone group | occupation, and the age and expression if they are known), by Bayes' rule. */
export function toneSharesGiven(
  occupation: Occupation,
  known: { readonly age?: Age | undefined; readonly expression?: Expression | undefined } = {},
): Shares<ToneGroup> {
  const weight = (tone: ToneGroup): number =>
    TONE_SHARES[occupation][tone] *
    (known.age === undefined ? 1 : ageSharesWithin(occupation, tone)[known.age]) *
    (known.expression === undefined ? 1 : expressionSharesWithin(tone)[known.expression]);
  const total = TONE_GROUPS.reduce((sum, tone) => sum + weight(tone), 0);
  return tones(
    weight('light') / total,
    weight('tan') / total,
    weight('brown') / total,
    weight('dark') / total,
  );
}

/** The values whose expected shares are known, by attribute id. */
export interface ExpectedShares {
  readonly gender: Shares<Gender>;
  readonly tone: Shares<ToneGroup>;
  readonly age: Shares<Age>;
  readonly expression: Shares<Expression>;
  readonly glasses: Shares<Glasses>;
  readonly cover: Shares<Cover>;
}

/**
 * What a neutral prompt should show if the model has learned the world exactly: P(value | occupation), entanglement
 * included. Gender is among people drawn as a woman or a man (androgynous people belong to the unclear band).
 */
export function expectedShares(occupation: Occupation): ExpectedShares {
  const tone = TONE_SHARES[occupation];
  const over = (share: (tone: ToneGroup) => number): number =>
    TONE_GROUPS.reduce((sum, group) => sum + tone[group] * share(group), 0);
  const age = (value: Age): number => over((group) => ageSharesWithin(occupation, group)[value]);
  const [smiling, neutral] = EXPRESSIONS.map((value) =>
    over((group) => expressionSharesWithin(group)[value]),
  );
  const men = menShare(occupation);
  const presentation = presentationShares(occupation);
  const cover = (value: Cover): number =>
    presentation.woman * COVER_SHARES.woman[value] +
    presentation.man * COVER_SHARES.man[value] +
    presentation.androgynous * COVER_SHARES.androgynous[value];
  return {
    gender: { woman: 1 - men, man: men },
    tone,
    age: ages(age('young'), age('middle'), age('old')),
    expression: { smiling: smiling ?? 0, neutral: neutral ?? 0 },
    glasses: { no: 1 - GLASSES_SHARE[occupation], yes: GLASSES_SHARE[occupation] },
    cover: { none: cover('none'), hijab: cover('hijab'), turban: cover('turban') },
  };
}
