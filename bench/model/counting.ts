import { wilson } from '../../src/core/metrics';
import { TONE_GROUPS } from '../../src/core/world';
import type { Aim, Measurement } from '../lib/report';
import type { ReadPicture } from './jobs';

/** Whether a picture does what its prompt asked. A picture in which nobody is found never does: it is wrong, not skipped. */
export type Rule = (picture: ReadPicture) => boolean;

/** Somebody is there, and everybody who is has this value. */
export function everybodyIs(attribute: string, value: string): Rule {
  return ({ people }) => people.length > 0 && people.every(({ values }) => values[attribute] === value);
}

export function hasCount(count: number): Rule {
  return ({ people }) => people.length === count;
}

/** Each of these values is somebody's. */
export function eachIsThere(attribute: string, wanted: readonly string[]): Rule {
  return ({ people }) => wanted.every((value) => people.some(({ values }) => values[attribute] === value));
}

/** Two or more people are there, all read alike in each of these attributes. */
export function allAlikeIn(...attributes: readonly string[]): Rule {
  return ({ people }) =>
    people.length > 1 &&
    attributes.every((id) => people.every(({ values }) => values[id] === people[0]!.values[id]));
}

/** What the world's groups are in a fixed share: all of one gender presentation and one tone group. */
export const isHomogeneous: Rule = allAlikeIn('gender', 'tone');

const TONE_SCALE: readonly string[] = TONE_GROUPS;

/** Two or more people are there, all of one tone group or of two that are next to each other on Monk's scale. */
export const isCloseInTone: Rule = ({ people }) => {
  const places = people.map(({ values }) => TONE_SCALE.indexOf(values.tone ?? ''));
  return people.length > 1 && Math.max(...places) - Math.min(...places) <= 1;
};

/** The share of pictures that keep the rule, with its Wilson interval. @throws RangeError if there are no pictures. */
export function shareOf(name: string, pictures: readonly ReadPicture[], rule: Rule, aim?: Aim): Measurement {
  return shareOfHits(name, pictures.map(rule), aim);
}

/** @throws RangeError if nothing was tried. */
export function shareOfHits(name: string, hits: readonly boolean[], aim?: Aim): Measurement {
  return shareFrom(name, hits.filter(Boolean).length, hits.length, aim);
}

/** A share whose count `x` of `n` was made elsewhere. @throws RangeError if n is 0. */
export function shareFrom(name: string, x: number, n: number, aim?: Aim): Measurement {
  if (n === 0) throw new RangeError(`"${name}" was never tried, so it has no share.`);
  const { low, high } = wilson(x, n);
  return { name, value: x / n, n, interval: [low, high], aim };
}
