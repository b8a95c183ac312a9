import { describe, expect, it } from 'vitest';
import { sampleWorld } from '../../../src/core/world';
import type { Measurement } from '../../lib/report';
import { differencesOf } from '../differences';
import { answersOf, type Job, keyOf, type ReadPicture, type RoundTrip } from '../jobs';
import { answered, picture, plan } from '../testing';
import { autoencoder } from './autoencoder';
import { distribution } from './distribution';
import { groups, pairs } from './groups';
import { DRAWN, PART_IDS } from './index';
import { occupations } from './occupations';
import type { MakePart } from './part';
import { heldOutWords, words } from './words';

const promptOf = (job: Job): string => (job.kind === 'draw' ? job.prompt : '');

/** Name to measurement of a part whose pictures are made up. */
async function measured(
  make: MakePart,
  of: (job: Job, at: number) => ReadPicture,
  count = 4,
): Promise<Record<string, Measurement>> {
  const part = make(plan(count));
  const { measurements } = await part.evaluate(answered(part.jobs, of));
  return Object.fromEntries(measurements.map((one) => [one.name, one]));
}

/** Does what the prompt asks, as far as its words tell. */
function obedient(job: Job): ReadPicture {
  const prompt = promptOf(job).replace('police officer', 'police');
  const has = (pattern: RegExp) => pattern.test(prompt);
  const occupation =
    /doctor|nurse|engineer|ceo|teacher|chef|firefighter|police|farmer|scientist|housekeeper|artist/g;
  const jobs = prompt.match(occupation) ?? [];
  const person = {
    gender: has(/\bmale/) ? 'man' : 'woman',
    tone:
      ['light', 'brown', 'dark'].find((tone) => prompt.includes(`${tone}-skinned`)) ??
      (has(/tan/) ? 'tan' : 'light'),
    age: has(/middle/) ? 'middle' : has(/\bold/) ? 'old' : 'young',
    glasses: has(/glasses/) ? 'yes' : 'no',
    cover: has(/hijab/) ? 'hijab' : has(/turban/) ? 'turban' : 'none',
  };
  const several = ['', '', ' two ', ' three ', ' four '].findIndex(
    (word) => word !== '' && prompt.includes(word),
  );
  const count = Math.max(1, several);
  if (jobs.length === 2) return picture({ occupation: jobs[0]! }, { occupation: jobs[1]! });
  return picture(...Array.from({ length: count }, () => ({ ...person, occupation: jobs[0]! })));
}

describe('a model that does everything asked', () => {
  it.each([
    ['words', words, 6],
    ['held-out pairs', heldOutWords, 4],
    ['pairs', pairs, 1],
  ] as const)('has every share of %s at 1', async (_, make, figures) => {
    const found = Object.values(await measured(make, obedient));
    expect(found).toHaveLength(figures);
    expect(found.map(({ value }) => value)).toEqual(found.map(() => 1));
  });

  it('has the right occupation and number of people, each occupation counted', async () => {
    const found = await measured(occupations, obedient);
    expect(found['occupation right, one person']).toMatchObject({ value: 1, n: 48 });
    expect(found['number of people right, asked for 1']).toMatchObject({ value: 1, n: 48 });
    // All are women: off by the table's men.
    expect(found['learned gender shares, mean difference to the table']!.value).toBeGreaterThan(0.4);
    const counts = await measured(groups, obedient);
    expect(Object.values(counts).map(({ value, n }) => [value, n])).toEqual([
      [1, 48],
      [1, 48],
      [1, 48],
      [1, 144],
      [1, 144],
      [1, 144],
      [1, 144],
    ]);
  });

  it('tells how groups come apart: by gender, by neighbouring tones or by more', async () => {
    const others = { two: { tone: 'tan' }, three: { gender: 'man' }, four: { tone: 'dark', gender: 'man' } };
    const found = await measured(groups, (job) => {
      const [, other] = Object.entries(others).find(([word]) => promptOf(job).includes(word))!;
      return picture({}, other);
    });
    const values = Object.values(found)
      .slice(-4)
      .map(({ value }) => value);
    expect(values).toEqual([0, 1 / 3, 1 / 3, 2 / 3]);
  });
});

describe('a picture with a missing person', () => {
  /** Of every four pictures one lacks its last person. */
  const forgetful = (job: Job, at: number): ReadPicture => {
    const { people, ...rest } = obedient(job);
    return { ...rest, people: at === 0 ? people.slice(1) : people };
  };

  it('is wrong, not skipped', async () => {
    const one = await measured(occupations, forgetful);
    expect(one['occupation right, one person']).toMatchObject({ value: 0.75, n: 48 });
    expect(one['number of people right, asked for 1']).toMatchObject({ value: 0.75, n: 48 });
    const worn = await measured(words, forgetful);
    expect(worn['"wearing a hijab" obeyed']).toMatchObject({ value: 0.75, n: 48 });
    expect(worn['gender word obeyed']).toMatchObject({ value: 0.75 });
    expect(Object.values(await measured(pairs, forgetful))[0]).toMatchObject({ value: 0.75, n: 264 });
    const several = await measured(groups, forgetful);
    expect(several['number of people right, asked for 3']).toMatchObject({ value: 0.75, n: 48 });
  });
});

describe('held-out prompts', () => {
  it('are the twelve pairs, and none of them is among the stated ones', () => {
    const prompts = (make: MakePart) => new Set(make(plan(4)).jobs.map(promptOf));
    const heldOut = prompts(heldOutWords);
    expect(heldOut).toContain('a photo of a female scientist');
    expect(heldOut.size).toBe(12);
    expect([...prompts(words)].filter((prompt) => heldOut.has(prompt))).toEqual([]);
    expect([...prompts(words)].filter((prompt) => prompt.includes('person'))).toEqual([]);
  });
});

describe('the autoencoder', () => {
  const sure = { value: 'man', confidence: 1 };
  const man = (decoded: typeof sure | undefined, truth: string | null = 'man') => ({
    truth: { gender: truth },
    clean: { gender: sure },
    decoded: decoded ? { gender: decoded } : null,
  });
  const trips = (people: RoundTrip['people']) => {
    const part = autoencoder(plan(4));
    const pictures = (job: Job) => job.seeds.map((seed) => ({ seed, squaredError: 255 ** 2 / 1000, people }));
    const answers = new Map(
      part.jobs.map((job) => [keyOf(job), { kind: 'round-trip' as const, pictures: pictures(job) }]),
    );
    return part.evaluate(answersOf(answers));
  };

  it('loses what the reader reads wrong or no longer finds; androgynous people have no right answer', async () => {
    const { measurements, details } = await trips([
      man(sure),
      man(undefined),
      man({ value: 'woman', confidence: 0.8 }),
      man(sure),
      man({ value: 'woman', confidence: 0.9 }, null),
    ]);
    const [psnr, , largest, loss, ece] = measurements;
    expect(psnr!.value).toBeCloseTo(30, 9);
    expect([largest!.value, largest!.n, largest!.aim]).toEqual([0.5, 16, { atMost: 0.01 }]);
    expect(loss!.value).toBe(0.5);
    // Found are two right at 1 and one wrong at 0.8.
    expect(ece!.value).toBeCloseTo(0.8 / 3, 9);
    expect(ece!.n).toBe(12);
    expect(details).toMatchObject({ reliability: { gender: { bins: expect.any(Array) } } });
  });
});

describe('the distribution', () => {
  it('of a model that renders as the world does is at its floor; of one that draws one thing it is far off', async () => {
    const features = (x: number) => [Math.sin(x * 12.9), Math.cos(x * 78.2), Math.sin(x * 37.7 + 1)];
    const seedOf = (job: Job, at: number) => job.seeds[at]!;
    const like = await measured(
      distribution,
      (job, at) => ({ ...picture(), features: features(seedOf(job, at)) }),
      60,
    );
    const [fid, floor, precision, recall, precisionFloor, recallFloor] = Object.values(like);
    expect(fid!.value).toBeCloseTo(floor!.value, 12);
    expect([precision!.value, recall!.value]).toEqual([precisionFloor!.value, recallFloor!.value]);
    expect(precision!.value).toBeGreaterThan(0.5);
    const one = await measured(
      distribution,
      (job, at) => ({ ...picture(), features: job.kind === 'draw' ? [0, 0, 0] : features(seedOf(job, at)) }),
      60,
    );
    const [farFid, sameFloor, , noRecall] = Object.values(one);
    expect(farFid!.value).toBeGreaterThan(20 * sameFloor!.value);
    expect(noRecall!.value).toBe(0);
  });

  it('draws the very captions of its renderings', () => {
    const { jobs } = distribution(plan(3));
    const captions = jobs.flatMap((job) =>
      job.kind === 'draw' ? [[job.prompt, job.seeds[0]!] as const] : [],
    );
    expect(captions).toHaveLength(3);
    for (const [prompt, seed] of captions) expect(prompt).toBe(sampleWorld(seed).caption);
  });
});

describe('a few-step variant', () => {
  const share = (value: number, aim: Measurement['aim']): Measurement => ({
    name: 'x',
    value,
    n: 100,
    interval: [value - 0.02, value + 0.02],
    aim,
  });

  it('is worse by what it falls short of more, in the direction of each aim', () => {
    const worse = (full: number, own: number, aim: Measurement['aim']) =>
      differencesOf('fast', [share(full, aim)], [share(own, aim)])[0]!;
    expect(worse(0.97, 0.92, { atLeast: 0.95 }).value).toBeCloseTo(0.05, 9);
    expect(worse(0.02, 0.06, { atMost: 0.05 }).value).toBeCloseTo(0.04, 9);
    expect(worse(0.85, 0.8, { near: 0.85, within: 0.07 }).value).toBeCloseTo(0.05, 9);
    expect(worse(0.9, 0.8, { near: 0.85, within: 0.07 }).value).toBeCloseTo(0, 9);
    const { interval, aim, name } = worse(0.97, 0.92, { atLeast: 0.95 });
    expect(interval).toEqual(
      [0.05 - 0.02 * Math.SQRT2, 0.05 + 0.02 * Math.SQRT2].map((x) => expect.closeTo(x, 9)),
    );
    expect([aim, name]).toEqual([{ atMost: 0.03 }, 'fast, worse than the full model by: x']);
  });

  it('is compared only by what both promise', () => {
    expect(differencesOf('fast', [], [share(1, { atLeast: 1 })])).toEqual([]);
    expect(differencesOf('fast', [share(1, undefined)], [share(1, undefined)])).toEqual([]);
  });
});

describe('the whole plan', () => {
  it('asks each job once however many parts need it, and never twice for one seed of a prompt', () => {
    const jobs = Object.values(DRAWN).flatMap((make) => make(plan(40)).jobs);
    const asked = jobs.flatMap((job) => job.seeds.map((seed) => `${job.kind} ${promptOf(job)} ${seed}`));
    expect(new Set(asked).size).toBe(asked.length);
    expect(PART_IDS).toContain('yardstick');
  });
});
