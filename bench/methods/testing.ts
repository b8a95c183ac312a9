import type { Arm } from './arms';
import type { MeasuredPicture } from './jobs';
import type { Item } from './measures';
import type { Asked } from './plan';

/** Test helpers: made-up pictures in place of a model. */

/** @param people as [gender, tone, age], each a value id. */
export function pictureOf(
  seed: number,
  ...people: readonly (readonly [string, string, string?])[]
): MeasuredPicture {
  return {
    ...{ seed, clipT: 0.3 },
    people: people.map(([gender, tone, age = 'young'], i) => ({
      box: [i * 30, 20, 20, 20],
      values: { gender, tone, age, occupation: 'doctor' },
    })),
  };
}

export function askedOne(changes: Partial<Asked> = {}): Asked {
  return {
    ...{
      part: 'one',
      prompt: 'a photo of a doctor',
      occupation: 'doctor',
      people: 1,
      seeds: [1, 2, 3, 4],
      drawn: 4,
    },
    ...changes,
  };
}

/** Pictures of one person each, seeds from 1, of one prompt. */
export function singles(genders: readonly string[], tones: readonly string[] = ['light']): Item[] {
  return genders.map((gender, i) => ({
    asked: askedOne(),
    picture: pictureOf(i + 1, [gender, tones[i % tones.length]!]),
  }));
}

export function armOf(id: string, changes: Partial<Arm> = {}): Arm {
  return { id, method: id.split(' ')[0]!, parameters: {}, ...changes };
}
