import { explicitPrompts, neutralPrompt, OCCUPATIONS, type Occupation } from '../../src/core/world';
import { BATCH } from '../model/drawing';
import type { DrawSettings } from '../model/jobs';
import type { Arm, AttributeId } from './arms';
import type { DrawJob } from './jobs';

/** The pictures of a part of the measurement. */
export const PARTS = ['one', 'several', 'explicit', 'tones'] as const;
export type PartId = (typeof PARTS)[number];

/** A prompt, and what its pictures should show. */
export interface Asked {
  readonly part: PartId;
  readonly prompt: string;
  readonly occupation: Occupation;
  readonly people: number;
  /** What the prompt says already. */
  readonly stated?: { readonly attribute: string; readonly value: string };
  /** All seeds of a full run: methods with a quota count them all, so that a picture does not depend on how many are drawn. */
  readonly seeds: readonly number[];
  /** How many of them, from the first on, are drawn. */
  readonly drawn: number;
}

/** How many pictures a full run has of a prompt; `several` for an occupation, all numbers of people together. */
export const FULL: Readonly<Record<PartId, number>> = { one: 16, several: 8, explicit: 4, tones: 8 };

const FIRST_SEED: Readonly<Record<PartId, number>> = {
  one: 7_000_000,
  several: 7_100_000,
  explicit: 7_200_000,
  tones: 7_200_000,
};
/** Of UCE's audit, which must not see the noise that it is measured on. */
export const AUDIT_SEED = 7_500_000;

const COUNTS = [2, 3, 4] as const;
/** Of one number of people. */
const SEVERAL_SEEDS = 4;

/** @param count how many of so many are drawn. */
export function askedOf(count: (full: number) => number): readonly Asked[] {
  return [
    ...OCCUPATIONS.flatMap((occupation, k) => [one(occupation, k, count), ...several(occupation, k, count)]),
    ...stated(count),
  ];
}

function one(occupation: Occupation, k: number, count: (full: number) => number): Asked {
  return {
    ...{ part: 'one', prompt: neutralPrompt(occupation), occupation, people: 1 },
    seeds: seedsFrom(FIRST_SEED.one + k * 1000, FULL.one),
    drawn: count(FULL.one),
  };
}

/** The numbers of people in turn, the first one another for every occupation: few pictures then have all of them too. */
function several(occupation: Occupation, k: number, count: (full: number) => number): Asked[] {
  const drawn = count(FULL.several);
  return COUNTS.flatMap((_, turn): Asked[] => {
    const people = COUNTS[(k + turn) % COUNTS.length]!;
    const own = Math.min(SEVERAL_SEEDS, drawn - turn * SEVERAL_SEEDS);
    if (own <= 0) return [];
    const seeds = seedsFrom(FIRST_SEED.several + k * 1000 + people * 100, SEVERAL_SEEDS);
    return [
      { part: 'several', prompt: neutralPrompt(occupation, people), occupation, people, seeds, drawn: own },
    ];
  });
}

/**
 * "a photo of a female doctor": must stay so. Pairs that no training caption stated are left out, for the model itself may fail them.
 * "tones" has every tone of every occupation, for the gaps between tone groups.
 */
function stated(count: (full: number) => number): Asked[] {
  return explicitPrompts().flatMap(({ prompt, occupation, attribute, value, heldOut }, i): Asked[] => {
    const seeds = seedsFrom(FIRST_SEED.explicit + i * 1000, FULL.tones);
    const asked = { prompt, occupation, people: 1, stated: { attribute, value }, seeds };
    const explicit =
      !heldOut && (attribute === 'gender' || (attribute === 'tone' && ['light', 'dark'].includes(value)));
    return [
      ...(explicit ? [{ ...asked, part: 'explicit' as const, drawn: count(FULL.explicit) }] : []),
      ...(attribute === 'tone' ? [{ ...asked, part: 'tones' as const, drawn: count(FULL.tones) }] : []),
    ];
  });
}

/** Whether an arm is drawn on this. Crossed attributes are drawn on half of the pictures of one person, for they cost most. */
export function isAskedOf(arm: Arm, { part, people, stated }: Asked): boolean {
  if (part === 'tones') return arm.method === 'base' || arm.needs === 'projector';
  if (arm.method === 'base') return true;
  if (part === 'several' || people > 1) return arm.alone !== true && arm.attribute !== 'gender-tone';
  if (part === 'explicit')
    return (
      stated !== undefined &&
      (arm.attribute === stated.attribute || (arm.attribute === undefined && arm.alone !== true))
    );
  return true;
}

/** The jobs of one arm on one prompt, each as many pictures as go through the UNet at once. */
export function jobsOf(arm: Arm, asked: Asked, settings: DrawSettings): readonly DrawJob[] {
  const drawn = arm.attribute === 'gender-tone' ? Math.ceil(asked.drawn / 2) : asked.drawn;
  return Array.from({ length: Math.ceil(drawn / BATCH) }, (_, i) => ({
    kind: 'draw',
    method: arm.method,
    parameters: arm.parameters,
    ...(arm.delta && { delta: arm.delta }),
    prompt: asked.prompt,
    seeds: asked.seeds,
    only: Array.from({ length: Math.min(BATCH, drawn - i * BATCH) }, (_, j) => i * BATCH + j),
    settings,
    ...(asked.part === 'explicit' && arm.method !== 'base' && { mayBeBase: true }),
    ...(asked.part === 'tones' && { skin: true }),
  }));
}

/** The attributes that a part is measured on. */
export function attributesOf(part: PartId): readonly AttributeId[] {
  return part === 'one' ? ['gender', 'tone', 'gender-tone'] : ['gender', 'tone'];
}

function seedsFrom(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
