import { type Answer, type Answers, answersOf, type Job, keyOf, type ReadPicture } from './jobs';
import type { Plan } from './parts/part';

/** Test helpers: made-up readings in place of a model. */

/** A picture of these people; what is not said of them is as of a young light-skinned woman without an occupation. */
export function picture(...people: readonly Readonly<Record<string, string>>[]): ReadPicture {
  const usual = {
    gender: 'woman',
    tone: 'light',
    age: 'young',
    glasses: 'no',
    cover: 'none',
    expression: 'smiling',
    occupation: 'person',
  };
  return {
    seed: 0,
    people: people.map((values, i) => ({ box: [i * 40, 20, 30, 30], values: { ...usual, ...values } })),
  };
}

export function plan(count: number): Plan {
  const settings = { steps: 2, guidanceScale: 1, scheduler: 'ddim' as const };
  return { model: 'none', settings, count: () => count, pictures: 'none' };
}

/** Answers every job by these pictures, one per seed. @param of the job and the position of the seed in it. */
export function answered(jobs: readonly Job[], of: (job: Job, at: number) => ReadPicture): Answers {
  return answersOf(
    new Map(
      jobs.map((job): [string, Answer] => [
        keyOf(job),
        { kind: 'read', pictures: job.seeds.map((seed, at) => ({ ...of(job, at), seed })) },
      ]),
    ),
  );
}
