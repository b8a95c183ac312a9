/**
 * Everything about a person that is no attribute: hair, facial hair, earrings, eye colour and jitter.
 * Hair length, facial hair and earrings are probabilistic cues of gender presentation; grey hair is one of age.
 * Hair and eye colours follow the tone group a little (ours), styles do not.
 */
import type { Rng } from './rng';
import {
  type Age,
  EYE_COLOURS,
  type EyeColour,
  FACIAL_HAIR,
  HAIR_STYLES,
  type HairColour,
  type Jitter,
  LONG_HAIR,
  type Person,
  type Presentation,
  SHORT_HAIR,
  type ToneGroup,
} from './types';

export type Looks = Pick<Person, 'hair' | 'hairColour' | 'facialHair' | 'earrings' | 'eyes' | 'jitter'>;

const LONG_SHARE: Readonly<Record<Presentation, number>> = { woman: 0.82, man: 0.1, androgynous: 0.5 };
const FACIAL_HAIR_SHARE: Readonly<Record<Presentation, number>> = { woman: 0, man: 0.5, androgynous: 0.06 };
const EARRING_SHARE: Readonly<Record<Presentation, number>> = { woman: 0.55, man: 0.05, androgynous: 0.25 };

const hairShares = (tone: ToneGroup): Readonly<Record<Exclude<HairColour, 'grey' | 'white'>, number>> =>
  tone === 'light' || tone === 'tan'
    ? { black: 0.32, brown: 0.32, auburn: 0.16, blond: 0.2 }
    : { black: 0.66, brown: 0.22, auburn: 0.06, blond: 0.06 };

const eyeShares = (tone: ToneGroup): Readonly<Record<EyeColour, number>> =>
  tone === 'light'
    ? { dark: 0.4, hazel: 0.22, green: 0.16, blue: 0.22 }
    : { dark: 0.7, hazel: 0.2, green: 0.05, blue: 0.05 };

/** @param free draw hair, earrings and colours without regard to gender, age and tone (for unbiased readers). */
export function drawLooks(rng: Rng, gender: Presentation, tone: ToneGroup, age: Age, free = false): Looks {
  const long = rng.chance(LONG_SHARE[gender]);
  const hair = free ? rng.pick(HAIR_STYLES) : rng.pick(long ? LONG_HAIR : SHORT_HAIR);
  const greyShare = age === 'old' ? 0.9 : age === 'middle' ? 0.08 : 0;
  const grey = rng.chance(free ? 0.3 : greyShare);
  const hairColour = grey
    ? rng.pick(['grey', 'white'] as const)
    : rng.weighted(hairShares(free ? 'tan' : tone));
  const bearded = rng.chance(FACIAL_HAIR_SHARE[gender]);
  return {
    hair,
    hairColour,
    facialHair: bearded ? rng.pick(FACIAL_HAIR.filter((kind) => kind !== 'none')) : 'none',
    earrings: rng.chance(free ? 0.3 : EARRING_SHARE[gender]),
    eyes: free ? rng.pick(EYE_COLOURS) : rng.weighted(eyeShares(tone)),
    jitter: drawJitter(rng),
  };
}

function drawJitter(rng: Rng): Jitter {
  const cue = (): number => rng.range(-0.22, 0.22);
  return {
    jaw: cue(),
    brow: cue(),
    lash: cue(),
    lip: cue(),
    tilt: rng.range(-5, 5),
    lean: rng.range(-1.5, 1.5),
    clothesTint: rng.range(-0.1, 0.1),
    top: Math.floor(rng.range(0, 7)),
    coverColour: Math.floor(rng.range(0, 7)),
    frame: Math.floor(rng.range(0, 6)),
    mirror: rng.chance(0.5),
  };
}
