/** What a picture's caption will state, decided before the people are drawn, so that every statement comes true. */
import { isHeldOut } from './heldout';
import type { Rng } from './rng';
import {
  AGES,
  type Age,
  type Cover,
  EXPRESSIONS,
  type Expression,
  GENDERS,
  type Gender,
  GLASSES,
  type Glasses,
  OCCUPATIONS,
  type Occupation,
  SCENES,
  type Scene,
  TONE_GROUPS,
  type ToneGroup,
} from './types';

/** The values a caption states of one person, or of everyone in a group. Bare heads are never stated. */
export interface Mentions {
  readonly gender?: Gender;
  readonly tone?: ToneGroup;
  readonly age?: Age;
  readonly glasses?: Glasses;
  readonly cover?: Exclude<Cover, 'none'>;
  readonly expression?: Expression;
}

/** People of one occupation of whom the caption says the same. */
export interface Group {
  readonly occupation: Occupation;
  readonly count: number;
  readonly mentions: Mentions;
}

export interface Plan {
  /** One group, or two of one person each ("a doctor and a nurse"). */
  readonly groups: readonly Group[];
  /** The stated scene, or null. */
  readonly scene: Scene | null;
}

/** Share of captions that state nothing about the people: the neutral prompts in which the bias shows. */
export const NEUTRAL_SHARE = 0.18;

/** How often any other caption states each thing (the scene: any caption). */
export const MENTION_RATES = {
  gender: 0.55,
  tone: 0.48,
  age: 0.48,
  glasses: 0.2,
  cover: 0.14,
  expression: 0.18,
  scene: 0.35,
} as const;

/** Share of pictures with 1, 2, 3, 4 people; of plain "person" pictures; of pairs with two occupations. */
export const COUNT_SHARES = { '1': 0.5, '2': 0.22, '3': 0.16, '4': 0.12 } as const;
export const PERSON_SHARE = 0.17;
export const MIXED_PAIR_SHARE = 0.4;

const NAMED = OCCUPATIONS.filter((occupation) => occupation !== 'person');

/** In pairs each person gets fewer words, which keeps captions under 30 words. */
const PAIR_RATE = 0.7;

export function drawPlan(rng: Rng): Plan {
  const count = Number(rng.weighted(COUNT_SHARES));
  const occupation = rng.chance(PERSON_SHARE) ? 'person' : rng.pick(NAMED);
  const scene = rng.chance(MENTION_RATES.scene) ? rng.pick(SCENES) : null;
  const neutral = rng.chance(NEUTRAL_SHARE);
  if (count === 2 && rng.chance(MIXED_PAIR_SHARE)) {
    return { groups: drawPair(rng, occupation, neutral), scene };
  }
  return { groups: [{ occupation, count, mentions: drawMentions(rng, occupation, neutral ? 0 : 1) }], scene };
}

function drawPair(rng: Rng, first: Occupation, neutral: boolean): readonly Group[] {
  const rate = neutral ? 0 : PAIR_RATE;
  if (first === 'person') {
    // "a man and a woman": people without an occupation are told apart by their gender words.
    return [0, 1].map(() => ({
      occupation: first,
      count: 1,
      mentions: { ...drawMentions(rng, first, rate), gender: rng.pick(GENDERS) },
    }));
  }
  const second = rng.pick(NAMED.filter((other) => other !== first));
  return [first, second].map((occupation) => ({
    occupation,
    count: 1,
    mentions: drawMentions(rng, occupation, rate),
  }));
}

/** Each attribute is stated or not, independently; a stated value is uniform over the values not held out. */
function drawMentions(rng: Rng, occupation: Occupation, rate: number): Mentions {
  const draw = <T extends string>(
    attribute: keyof typeof MENTION_RATES,
    values: readonly T[],
  ): T | undefined =>
    rng.chance(MENTION_RATES[attribute] * rate)
      ? rng.pick(values.filter((value) => !isHeldOut(attribute, value, occupation)))
      : undefined;
  const gender = draw('gender', GENDERS);
  const tone = draw('tone', TONE_GROUPS);
  const age = draw('age', AGES);
  const glasses = draw('glasses', GLASSES);
  const cover = draw('cover', ['hijab', 'turban'] as const);
  const expression = draw('expression', EXPRESSIONS);
  return {
    ...(gender && { gender }),
    ...(tone && { tone }),
    ...(age && { age }),
    ...(glasses && { glasses }),
    ...(cover && { cover }),
    ...(expression && { expression }),
  };
}
