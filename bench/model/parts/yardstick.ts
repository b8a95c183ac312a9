import { type Occupation, sampleWorld } from '../../../src/core/world';
import type { Measurement } from '../../lib/report';
import { isHomogeneous, shareFrom, shareOf } from '../counting';
import { readerQuality } from '../independentReader';
import { inChunks, type RenderJob } from '../jobs';
import { GROUPS, whereAlike } from './groups';
import { sharesAgainstTable } from './occupations';
import { type MakePart, NAMED, type Plan, SEEDS } from './part';

/**
 * How far the measuring itself is off: the independent reader's own accuracy, and the same shares and groups as it reads them
 * of renderings of the world, whose shares are the table's but for sampling. A model cannot be seen to do better than this.
 */
export const yardstick: MakePart = (plan) => {
  const { alone, together } = neutralRenderings(plan);
  return {
    jobs: [...[...alone.values()].flat(), ...together],
    evaluate(answers) {
      const pictures = new Map([...alone].map(([occupation, jobs]) => [occupation, answers.read(jobs)]));
      const severalPeople = answers.read(together).filter(({ people }) => people.length > 1);
      return {
        measurements: [
          ...ownAccuracy(),
          ...sharesAgainstTable(pictures, 'renderings:', false).measurements,
          shareOf(`renderings: ${GROUPS} that are homogeneous`, severalPeople, isHomogeneous),
          ...whereAlike(`renderings: ${GROUPS}`, severalPeople),
        ],
      };
    },
  };
};

/** Its confusion on clean held-out renderings, as training/stages/independent_reader.py measured it. */
function ownAccuracy(): Measurement[] {
  const { pictures, countRight, heads, missed, attributes } = readerQuality();
  const read = heads - missed;
  return [
    shareFrom(
      'independent reader itself: number of people right',
      Math.round(countRight * pictures),
      pictures,
    ),
    ...Object.entries(attributes).map(([id, { accuracy }]) =>
      shareFrom(`independent reader itself: ${id} right`, Math.round(accuracy * read), read),
    ),
  ];
}

/** Samples of the world whose captions say nothing of the people, in the numbers in which the model is asked for them. */
function neutralRenderings({ count }: Plan): {
  alone: ReadonlyMap<Occupation, readonly RenderJob[]>;
  together: readonly RenderJob[];
} {
  const wanted = { alone: count(400), together: count(16) };
  const seeds = new Map<string, number[]>(
    NAMED.flatMap((occupation) => [1, 2, 3, 4].map((people) => [`${people} ${occupation}`, []])),
  );
  const isFull = (key: string, found: readonly number[]) =>
    found.length >= (key.startsWith('1 ') ? wanted.alone : wanted.together);
  let missing = seeds.size;
  for (let seed: number = SEEDS.neutralRenderings; missing > 0; seed++) {
    const key = neutralKey(seed);
    const found = key === undefined ? undefined : seeds.get(key);
    if (key === undefined || !found || isFull(key, found)) continue;
    found.push(seed);
    if (isFull(key, found)) missing -= 1;
  }
  const jobs = (key: string): readonly RenderJob[] => {
    const found = seeds.get(key) ?? [];
    return inChunks(0, found.length, 50, (positions) => ({
      kind: 'render',
      sampler: 'world',
      seeds: positions.map((i) => found[i]!),
    }));
  };
  return {
    alone: new Map(NAMED.map((occupation) => [occupation, jobs(`1 ${occupation}`)])),
    together: NAMED.flatMap((occupation) => [2, 3, 4].flatMap((people) => jobs(`${people} ${occupation}`))),
  };
}

/** "3 nurse" for a sample of three nurses of whom the caption says no more; undefined for others. */
function neutralKey(seed: number): string | undefined {
  const { picture, mentioned } = sampleWorld(seed);
  const { people } = picture;
  const { occupation } = people[0]!;
  const isNeutral = mentioned.every((mentions) => Object.keys(mentions).length === 0);
  const isAlike = people.every((person) => person.occupation === occupation);
  return isNeutral && isAlike ? `${people.length} ${occupation}` : undefined;
}
