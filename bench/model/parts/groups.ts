import { HOMOGENEITY, neutralPrompt } from '../../../src/core/world';
import type { Measurement } from '../../lib/report';
import {
  allAlikeIn,
  eachIsThere,
  hasCount,
  isCloseInTone,
  isHomogeneous,
  shareOf,
  shareOfHits,
} from '../counting';
import { type DrawJob, inChunks, type ReadPicture } from '../jobs';
import { type MakePart, NAMED, SEEDS } from './part';

const COUNTS = [2, 3, 4] as const;

export const GROUPS = 'groups of 2 to 4';

/** In what groups are alike, where they are not homogeneous: no promise, but it says how they come apart. */
export function whereAlike(name: string, severalPeople: readonly ReadPicture[]): Measurement[] {
  return [
    shareOf(`${name} that share gender`, severalPeople, allAlikeIn('gender')),
    shareOf(`${name} that share tone group`, severalPeople, allAlikeIn('tone')),
    shareOf(`${name} that share tone group or have two neighbouring ones`, severalPeople, isCloseInTone),
  ];
}

/** "a photo of three nurses": as many people as asked, and as often all alike as the table says. */
export const groups: MakePart = ({ settings, count }) => {
  const each = count(16);
  const jobsOf = (people: number): DrawJob[] =>
    NAMED.flatMap((occupation, k) =>
      inChunks(SEEDS.groups + people * 10_000 + k * 100, each, 40, (seeds) => ({
        kind: 'draw',
        prompt: neutralPrompt(occupation, people),
        seeds,
        settings,
      })),
    );
  const jobs = COUNTS.map(jobsOf);
  return {
    jobs: jobs.flat(),
    evaluate(answers) {
      const pictures = jobs.map((own) => answers.read(own));
      const severalPeople = pictures.flat().filter(({ people }) => people.length > 1);
      return {
        measurements: [
          ...COUNTS.map((people, i) =>
            shareOf(`number of people right, asked for ${people}`, pictures[i]!, hasCount(people), {
              atLeast: 0.95,
            }),
          ),
          shareOf(`${GROUPS} that are homogeneous (table: ${HOMOGENEITY})`, severalPeople, isHomogeneous, {
            near: HOMOGENEITY,
            within: 0.07,
          }),
          ...whereAlike(GROUPS, severalPeople),
        ],
      };
    },
  };
};

/** "a photo of a doctor and a nurse", every two occupations: are both there? */
export const pairs: MakePart = ({ settings, count }) => {
  const each = count(4);
  const asked = NAMED.flatMap((a, i) => NAMED.slice(i + 1).map((b) => [a, b] as const)).map(([a, b], k) => ({
    both: [a, b],
    jobs: inChunks(SEEDS.pairs + k * 100, each, 40, (seeds): DrawJob => {
      const other = neutralPrompt(b).replace('a photo of ', '');
      return { kind: 'draw', prompt: `${neutralPrompt(a)} and ${other}`, seeds, settings };
    }),
  }));
  return {
    jobs: asked.flatMap(({ jobs }) => jobs),
    evaluate: (answers) => ({
      measurements: [
        shareOfHits(
          'two occupations in one image, both present',
          asked.flatMap(({ both, jobs }) => answers.read(jobs).map(eachIsThere('occupation', both))),
          { atLeast: 0.9 },
        ),
      ],
    }),
  };
};
