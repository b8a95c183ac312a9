import {
  attributeGap,
  attributeGapFloor,
  excessOver,
  type GroupedValue,
  position,
} from '../../src/core/metrics/consistency';
import { AGES, TONE_GROUPS } from '../../src/core/world';
import type { Measurement } from '../lib/report';
import { jackknife } from '../model/jackknife';
import type { ReadPerson } from '../model/jobs';
import type { Arm } from './arms';
import { type Item, meanOf, valueIndex } from './measures';

/**
 * RS-Corrector's measures (methods.md 4.1): how much perceived age and gender presentation depend on the tone that was asked for, on "a
 * photo of a dark-skinned doctor" of every tone and occupation; and what it does to skin and sharpness. There is no beauty score.
 */
export interface Entanglement {
  readonly arm: Arm;
  /** "age gap between tone groups", "gender gap ...", each with its value by chance. */
  readonly gaps: readonly (Measurement & { readonly floor: number })[];
  /** How much older each tone group looks than the lightest, on 0 (young) .. 1 (old). */
  readonly ageExcess: Readonly<Record<string, number | null>>;
  /** Mean move of the tone itself on 0 (light) .. 1 (dark), same seeds; absent for the base lane. */
  readonly toneMove?: Measurement;
  readonly skin: readonly Measurement[];
}

export function entanglementOf(arm: Arm, items: readonly Item[], base: readonly Item[]): Entanglement {
  const age = grouped(items, agePosition);
  const gender = grouped(items, womanOrNot);
  const ageGap = attributeGap(age, TONE_GROUPS.length);
  const excess = ageGap ? excessOver(ageGap, 0) : [];
  const skin = items.flatMap(({ picture }) => (picture.skin ? [picture.skin] : []));
  const move = arm.method === 'base' ? undefined : toneMove(items, base);
  return {
    arm,
    gaps: [gap('age gap between tone groups', age), gap('gender gap between tone groups', gender)].flatMap(
      (one) => one ?? [],
    ),
    ageExcess: Object.fromEntries(TONE_GROUPS.map((tone, k) => [tone, excess[k] ?? null])),
    ...(move && { toneMove: move }),
    skin: (['texture', 'lightSpots', 'darkSpots', 'sharpness', 'noise'] as const).flatMap(
      (id) =>
        meanOf(
          id,
          skin.map((one) => one[id]),
        ) ?? [],
    ),
  };
}

const TONES: readonly string[] = TONE_GROUPS;
const AGE_IDS: readonly string[] = AGES;

type Of = (person: ReadPerson) => number | undefined;

/** The first person of every picture, in the group of the tone that the prompt asked for. */
function grouped(items: readonly Item[], of: Of): GroupedValue[] {
  return items.flatMap(({ asked, picture }) => {
    const value = picture.people[0] && of(picture.people[0]);
    const group = TONES.indexOf(asked.stated?.value ?? '');
    return value === undefined || group < 0 ? [] : [{ group, value }];
  });
}

function gap(name: string, people: readonly GroupedValue[]): (Measurement & { floor: number }) | undefined {
  const groups = TONE_GROUPS.length;
  const whole = attributeGap(people, groups);
  if (!whole) return undefined;
  const of = (some: readonly GroupedValue[]) => attributeGap(some, groups)?.gap ?? whole.gap;
  return {
    name,
    ...jackknife(people, of, { lowest: 0 }),
    n: people.length,
    floor: attributeGapFloor(people, groups)!,
  };
}

function toneMove(items: readonly Item[], base: readonly Item[]): Measurement | undefined {
  const key = ({ asked, picture }: Item) => `${asked.prompt} ${picture.seed}`;
  const before = new Map(base.map((item) => [key(item), item.picture.people[0]]));
  const moves = items.flatMap((item) => {
    const [was, is] = [before.get(key(item)), item.picture.people[0]].map(
      (person) => person && valueIndex(person, 'tone'),
    );
    return was === undefined || is === undefined ? [] : [(is - was) / (TONE_GROUPS.length - 1)];
  });
  return meanOf('tone moved by', moves);
}

const agePosition: Of = ({ values }) => {
  const k = AGE_IDS.indexOf(values.age ?? '');
  return k < 0 ? undefined : position(AGES.map((_, i) => (i === k ? 1 : 0)));
};
const womanOrNot: Of = (person) => {
  const k = valueIndex(person, 'gender');
  return k === undefined ? undefined : 1 - k;
};

/** Half of an interval's length. */
export const halfWidth = ({ interval }: Pick<Measurement, 'interval'>): number =>
  (interval[1] - interval[0]) / 2;
