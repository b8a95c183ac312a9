import {
  AGES,
  type Age,
  COVER_SHARES,
  ENTANGLEMENT,
  EXPRESSIONS,
  type Expression,
  GENDERS,
  GLASSES_SHARE,
  MONK_OF_GROUP,
  OCCUPATIONS,
  type Person,
  type Picture,
  SCENES,
  type Shares,
  TONE_GROUPS,
  type ToneGroup,
} from '../../src/core/world';
import { drawLooks } from '../../src/core/world/looks';
import { createRng, type Rng } from '../../src/core/world/rng';

/**
 * What stands against the fair set:
 *   'excess'  only people whom the entanglement adds, drawn as often as it adds them;
 *   'biased'  everybody, as the entanglement draws them, so that most of the two sets look alike.
 */
export type WorldStereotype = 'excess' | 'biased';

/** Plans of pictures of one person each; the page and Node make pixels of them, each in its own way. */
export interface WorldSet {
  readonly id: ToneGroup;
  readonly fair: readonly Picture[];
  readonly stereotypical: readonly Picture[];
}

/**
 * The exact sets of the drawn world (methods.md 4.1), one pair for each skin tone group. In the fair set age and expression are
 * uniform and independent; in the stereotypical one they follow the world's entanglement (src/core/world/bias.ts). Everything
 * else (scene, clothes, gender, place) is the very same in picture i of both, so the stereotype is the only difference. A group
 * that the world does not entangle has no stereotypical set.
 * @param count pictures in each set.
 */
export function worldSets(count: number, seed: number, stereotype: WorldStereotype = 'excess'): WorldSet[] {
  return TONE_GROUPS.map((tone, group) => {
    const shares = stereotype === 'excess' ? excessShares(tone) : biasedShares(tone);
    const pictures = (draw: (rng: Rng) => Look) =>
      Array.from({ length: count }, (_, i) => pictureOf(tone, draw, seed + group * count + i));
    return {
      id: tone,
      fair: pictures((rng) => ({ age: rng.pick(AGES), expression: rng.pick(EXPRESSIONS) })),
      stereotypical: shares
        ? pictures((rng) => ({
            age: rng.weighted(shares.age),
            expression: rng.weighted(shares.expression),
          }))
        : [],
    };
  });
}

interface Look {
  readonly age: Age;
  readonly expression: Expression;
}

interface LookShares {
  readonly age: Shares<Age>;
  readonly expression: Shares<Expression>;
}

/** Uniform shares, as the entanglement changes them. Undefined where it changes nothing. */
function biasedShares(tone: ToneGroup): LookShares | undefined {
  const { age, smiling } = ENTANGLEMENT[tone];
  const total = AGES.reduce((sum, value) => sum + age[value], 0);
  const share = (value: Age) => age[value] / total;
  if (AGES.every((value) => share(value) === 1 / AGES.length) && smiling === 1) return undefined;
  return {
    age: { young: share('young'), middle: share('middle'), old: share('old') },
    expression: { smiling: smiling / 2, neutral: 1 - smiling / 2 },
  };
}

/** What is above uniform in the biased shares, made to sum to 1. */
function excessShares(tone: ToneGroup): LookShares | undefined {
  const biased = biasedShares(tone);
  return biased && { age: excess(biased.age), expression: excess(biased.expression) };
}

function excess<K extends string>(shares: Shares<K>): Shares<K> {
  const entries = Object.entries<number>(shares);
  const above = (share: number) => Math.max(0, share - 1 / entries.length);
  const total = entries.reduce((sum, [, share]) => sum + above(share), 0);
  // An attribute that the entanglement leaves alone has no excess: it stays uniform.
  const of = (share: number) => (total === 0 ? share : above(share) / total);
  return Object.fromEntries(entries.map(([value, share]) => [value, of(share)])) as Shares<K>;
}

function pictureOf(tone: ToneGroup, draw: (rng: Rng) => Look, seed: number): Picture {
  const rng = createRng(seed, 30);
  const gender = rng.pick(GENDERS);
  const occupation = rng.pick(OCCUPATIONS);
  const yes = GLASSES_SHARE[occupation];
  const look = draw(rng);
  const person: Person = {
    gender,
    tone: rng.pick(MONK_OF_GROUP[tone]),
    ...look,
    occupation,
    glasses: rng.weighted({ no: 1 - yes, yes }),
    cover: rng.weighted(COVER_SHARES[gender]),
    ...drawLooks(rng, gender, tone, look.age),
  };
  return { people: [person], scene: rng.pick(SCENES), seed };
}
