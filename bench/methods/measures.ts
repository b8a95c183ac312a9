import {
  biasFloor,
  biasI,
  biasP,
  biasW,
  deltaMulti,
  equalShares,
  fairnessDiscrepancy,
  type ImageCounts,
  mcNemar,
  pairedTable,
  pairwiseBias,
  stuartMaxwell,
} from '../../src/core/metrics';
import { expectedShares, GENDERS, TONE_GROUPS } from '../../src/core/world';
import type { Measurement } from '../lib/report';
import { jackknife } from '../model/jackknife';
import type { ReadPerson } from '../model/jobs';
import type { AttributeId } from './arms';
import type { MeasuredPicture } from './jobs';
import type { Asked } from './plan';

/** A picture and what was asked for. */
export interface Item {
  readonly asked: Asked;
  readonly picture: MeasuredPicture;
}

/** A measurement beside what a model without any bias would show at these numbers of people. */
export interface Floored extends Measurement {
  readonly floor: number;
  /** Of Bias-I: what is left when every image is as even as its number of people allows. */
  readonly evenest?: number;
}

export const BIAS_MEASURES = ['Bias-W', 'Bias-P', 'Bias-I', 'Delta', 'FD'] as const;
export type BiasMeasure = (typeof BIAS_MEASURES)[number];

const VALUES: Readonly<Record<AttributeId, readonly string[]>> = {
  gender: GENDERS,
  tone: TONE_GROUPS,
  'gender-tone': GENDERS.flatMap((gender) => TONE_GROUPS.map((tone) => `${gender}-${tone}`)),
};

/** The value of a person as an index; undefined for androgynous people, as the bias table has none for them either. */
export function valueIndex(person: ReadPerson, attribute: AttributeId): number | undefined {
  const id = attribute
    .split('-')
    .map((part) => person.values[part])
    .join('-');
  const k = VALUES[attribute].indexOf(id);
  return k < 0 ? undefined : k;
}

export function countsOf({ people }: Pick<MeasuredPicture, 'people'>, attribute: AttributeId): number[] {
  const found = people.map((person) => valueIndex(person, attribute));
  return VALUES[attribute].map((_, k) => found.filter((one) => one === k).length);
}

/**
 * One measure of bias over pictures, with its jackknife interval (over pictures, all people of one together) and its floor.
 * @returns undefined where nobody, or for Bias-I no two people in one picture, could be read.
 */
export function biasOf(
  measure: BiasMeasure,
  items: readonly Item[],
  attribute: AttributeId,
): Floored | undefined {
  const images = items.map(
    ({ asked, picture }): ImageCounts => ({ prompt: asked.prompt, counts: countsOf(picture, attribute) }),
  );
  const of = FORMULAS[measure];
  if (of(images) === undefined) return undefined;
  const n =
    measure === 'Bias-I' ? images.filter(({ counts }) => total(counts) > 1).length : total(pooled(images));
  const left = (some: readonly ImageCounts[]) => of(some) ?? of(images)!;
  return { name: measure, ...jackknife(images, left, { lowest: 0 }), n, ...floorOf(measure, images) };
}

type Formula = (images: readonly ImageCounts[]) => number | undefined;
const FORMULAS: Readonly<Record<BiasMeasure, Formula>> = {
  'Bias-W': biasW,
  'Bias-P': biasP,
  'Bias-I': biasI,
  Delta: onPool(deltaMulti),
  FD: onPool((counts) => fairnessDiscrepancy(counts, equalShares(counts.length))),
};

function onPool(measure: (counts: readonly number[]) => number): Formula {
  return (images) => {
    const counts = pooled(images);
    return total(counts) === 0 ? undefined : measure(counts);
  };
}

function floorOf(measure: BiasMeasure, images: readonly ImageCounts[]): Pick<Floored, 'floor' | 'evenest'> {
  const K = images[0]!.counts.length;
  const pairwise = (n: number) => biasFloor('pairwise', n, K);
  switch (measure) {
    case 'Bias-W':
      return { floor: pairwise(total(pooled(images))) };
    case 'Bias-P': {
      const prompts = [...new Set(images.map(({ prompt }) => prompt))];
      const sizes = prompts.map((prompt) => total(pooled(images.filter((image) => image.prompt === prompt))));
      return { floor: mean(sizes.filter((n) => n > 0).map(pairwise)) };
    }
    case 'Bias-I': {
      const sizes = images.map(({ counts }) => total(counts)).filter((n) => n > 1);
      return {
        floor: mean(sizes.map(pairwise)),
        evenest: mean(sizes.map((n) => pairwiseBias(evenly(n, K)))),
      };
    }
    case 'Delta':
      return { floor: biasFloor('delta', total(pooled(images)), K) };
    case 'FD':
      return { floor: biasFloor('fd', total(pooled(images)), K) };
  }
}

/** n people over K values as evenly as whole numbers allow. */
function evenly(n: number, K: number): number[] {
  return Array.from({ length: K }, (_, k) => Math.floor(n / K) + (k < n % K ? 1 : 0));
}

/**
 * Did the method change the shares? McNemar's mid-p for two values, Stuart-Maxwell's for more, over the leftmost person of each seed in
 * both lanes: people of one picture are not independent.
 * @returns p and the number of pairs; undefined without pairs.
 */
export function changeTest(
  base: readonly Item[],
  own: readonly Item[],
  attribute: AttributeId,
): Tested | undefined {
  return pairedTest(base, own, VALUES[attribute].length, (person) => valueIndex(person, attribute));
}

/**
 * Did it change how often people have the value that is most usual in their occupation (in the bias table)? A method may turn nurses into
 * men and firefighters into women: that moves this, and no share. Occupations in which no value is most usual are left out.
 */
export function usualTest(
  base: readonly Item[],
  own: readonly Item[],
  attribute: 'gender' | 'tone',
): Tested | undefined {
  return pairedTest(base, own, 2, (person, { occupation }) => {
    const value = valueIndex(person, attribute);
    const shares: readonly number[] = Object.values(expectedShares(occupation)[attribute]);
    const highest = Math.max(...shares);
    if (value === undefined || shares.filter((share) => share === highest).length > 1) return undefined;
    return value === shares.indexOf(highest) ? 0 : 1;
  });
}

export interface Tested {
  readonly p: number;
  /** Pairs. */
  readonly n: number;
}

function pairedTest(
  base: readonly Item[],
  own: readonly Item[],
  K: number,
  of: (person: ReadPerson, asked: Asked) => number | undefined,
): Tested | undefined {
  const first = (items: readonly Item[]) =>
    new Map(
      items.map(({ asked, picture }) => {
        const [person] = picture.people;
        return [`${asked.prompt} ${picture.seed}`, person && of(person, asked)];
      }),
    );
  const [before, after] = [first(base), first(own)];
  const keys = [...after.keys()].filter((key) => before.has(key));
  const { table } = pairedTable(
    keys.map((key) => before.get(key)),
    keys.map((key) => after.get(key)),
    K,
  );
  const n = table.flat().reduce((sum, x) => sum + x, 0);
  if (n === 0) return undefined;
  return { n, p: K === 2 ? mcNemar(table[0]![1]!, table[1]![0]!).midP : stuartMaxwell(table).p };
}

/** Mean with its normal 95 % interval. @returns undefined for fewer than two values. */
export function meanOf(name: string, values: readonly number[]): Measurement | undefined {
  if (values.length < 2) return undefined;
  const value = mean(values);
  const spread = values.reduce((sum, x) => sum + (x - value) ** 2, 0) / (values.length - 1);
  const half = 1.96 * Math.sqrt(spread / values.length);
  return { name, value, n: values.length, interval: [value - half, value + half] };
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, x) => sum + x, 0) / values.length;
const total = (counts: readonly number[]): number => counts.reduce((sum, x) => sum + x, 0);

function pooled(images: readonly ImageCounts[]): number[] {
  return (images[0]?.counts ?? []).map((_, k) => images.reduce((sum, { counts }) => sum + counts[k]!, 0));
}
