import { describe, expect, it } from 'vitest';
import { BASE } from './arms';
import { type Answer, type DrawJob, keyOf } from './jobs';
import { planLanes } from './lanes';
import { NO_SIDES } from './sides';
import { armOf, askedOne, pictureOf } from './testing';

const settings = { steps: 4, guidanceScale: 1, scheduler: 'ddim' as const };
const asked = [
  askedOne({ part: 'several', prompt: 'a photo of two doctors', people: 2 }),
  askedOne(),
  askedOne({ prompt: 'a photo of a nurse', occupation: 'nurse' }),
];
const told = armOf('made (gender)', { attribute: 'gender' });
const crossed = armOf('made (gender-tone)', { attribute: 'gender-tone' });
const lanes = planLanes({
  ...{ arms: [BASE, crossed, told], asked, settings, sides: NO_SIDES },
  ready: (arm, { occupation }) => ({ ...arm, parameters: { for: occupation } }),
});

/** Two people of two values in every picture. */
function answered(jobs: readonly DrawJob[]): Map<string, Answer> {
  return new Map(
    jobs.map((job) => {
      const pictures = job.only.map((index) =>
        pictureOf(job.seeds[index]!, ['man', 'dark'], ['woman', 'light']),
      );
      return [keyOf(job), { kind: 'drawn', pictures, unetEvaluations: 4, seconds: 1 }];
    }),
  );
}

describe('the lanes', () => {
  it('are drawn in order of importance: one person before several, crossed attributes last; each with what it needs', () => {
    expect(lanes.base.map(({ prompt }) => prompt)).toEqual([
      asked[1]!.prompt,
      asked[2]!.prompt,
      asked[0]!.prompt,
    ]);
    expect([...lanes.others, ...lanes.crossed].map(({ prompt, only }) => [prompt, only.length])).toEqual([
      ['a photo of a doctor', 4],
      ['a photo of a nurse', 4],
      ['a photo of two doctors', 4],
      ['a photo of a doctor', 2],
      ['a photo of a nurse', 2],
    ]);
    expect(lanes.others[1]!.parameters).toEqual({ for: 'nurse' });
  });

  it('are measured on the parts that are finished, and what is not is named', () => {
    const [doctor, nurse] = lanes.others;
    const found = lanes.evaluate(answered([...lanes.base, doctor!, nurse!]));
    expect(found.unfinished).toEqual(['made (gender-tone), one', 'made (gender), several']);
    const of = (id: string, part: string) =>
      found.entries.filter((entry) => entry.arm.id === id && entry.part === part);
    expect(of('made (gender)', 'one').map(({ name }) => name)).toContain('Bias-W');
    expect(of('made (gender)', 'several')).toEqual([]);
    expect(of('made (gender-tone)', 'one')).toEqual([]);
    expect(of('base', 'several').find(({ name }) => name === 'Bias-I')).toMatchObject({ value: 0, n: 4 });
  });
});
