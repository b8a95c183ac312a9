/** Draws the people of a plan from the bias table, given what the caption states. */
import {
  ageSharesWithin,
  COVER_SHARES,
  expressionSharesWithin,
  GLASSES_SHARE,
  HOMOGENEITY,
  presentationShares,
  type Shares,
  toneSharesGiven,
} from './bias';
import { drawLooks } from './looks';
import type { Group, Mentions, Plan } from './plan';
import { type Rng, weightedKey } from './rng';
import { MONK_OF_GROUP, type Occupation, type Person, type Presentation, type ToneGroup } from './types';

/** The people of all groups, in the order of the caption. */
export function drawPeople(plan: Plan, rng: Rng): readonly Person[] {
  const slots = plan.groups.flatMap((group) => Array.from({ length: group.count }, () => group));
  const coupled = rng.chance(couplingRate(slots));
  const shared = { gender: rng.next(), tone: rng.next() };
  return slots.map(({ occupation, mentions }) => {
    const u = coupled ? shared : { gender: rng.next(), tone: rng.next() };
    const gender = mentions.gender ?? weightedKey(presentationShares(occupation), u.gender);
    const tone = mentions.tone ?? weightedKey(toneSharesGiven(occupation, mentions), u.tone);
    return drawPerson(rng, occupation, gender, tone, mentions);
  });
}

/**
 * How often everyone shares one draw of gender and tone. Independent draws agree by chance too, with probability c, so
 * the rate r solves r + (1 - r) c = HOMOGENEITY. Sharing one draw leaves everyone's marginal as it is. Two different
 * occupations share the random number instead of the value (their marginals differ), so they agree less often.
 */
function couplingRate(slots: readonly Group[]): number {
  const first = slots[0];
  if (first === undefined || slots.length === 1) return 0;
  const { occupation, mentions } = first;
  const agree = (shares: Shares<string>): number =>
    Object.values(shares).reduce((sum, share) => sum + share ** slots.length, 0);
  const byChance =
    (mentions.gender === undefined ? agree(presentationShares(occupation)) : 1) *
    (mentions.tone === undefined ? agree(toneSharesGiven(occupation, mentions)) : 1);
  return byChance >= HOMOGENEITY ? 0 : (HOMOGENEITY - byChance) / (1 - byChance);
}

function drawPerson(
  rng: Rng,
  occupation: Occupation,
  gender: Presentation,
  tone: ToneGroup,
  mentions: Mentions,
): Person {
  const age = mentions.age ?? rng.weighted(ageSharesWithin(occupation, tone));
  const yes = GLASSES_SHARE[occupation];
  return {
    gender,
    tone: rng.pick(MONK_OF_GROUP[tone]),
    age,
    glasses: mentions.glasses ?? rng.weighted({ no: 1 - yes, yes }),
    cover: mentions.cover ?? rng.weighted(COVER_SHARES[gender]),
    expression: mentions.expression ?? rng.weighted(expressionSharesWithin(tone)),
    occupation,
    ...drawLooks(rng, gender, tone, age),
  };
}
