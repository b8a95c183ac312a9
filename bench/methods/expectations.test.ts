import { describe, expect, it } from 'vitest';
import type { Measurement } from '../lib/report';
import { BASE } from './arms';
import { entanglementOf } from './entanglement';
import { type DrawnOf, type Entry, evaluate } from './evaluate';
import { expectations, figureName, REGIONAL } from './expectations';
import type { DrawAnswer } from './jobs';
import { measuredTables, withTables } from './tables';
import { armOf, askedOne, pictureOf, singles } from './testing';

const none = { entries: [], entanglements: [], identities: [], unfinished: [] };
const entry = (name: string, value: number, changes: Partial<Entry>): Entry => ({
  ...{ name, value, n: 40, interval: [value - 0.01, value + 0.01], arm: BASE, part: 'one' },
  ...changes,
});
const valueOfFirst = (found: readonly Measurement[], start: string) =>
  found.find(({ name }) => name.includes(start));

describe('what was expected', () => {
  it('counts methods that halve the bias of gender and of tone, and keep their occupations', () => {
    const of = (id: string, gender: number, tone: number, accuracy: number): Entry[] =>
      (['gender', 'tone'] as const).flatMap((attribute) => {
        const arm = armOf(`${id} (${attribute})`, { attribute });
        return [
          entry('Bias-W', attribute === 'gender' ? gender : tone, { arm, attribute }),
          entry('occupation accuracy', accuracy, { arm }),
        ];
      });
    const entries = [
      entry('Bias-W', 0.4, { attribute: 'gender' }),
      entry('Bias-W', 0.2, { attribute: 'tone' }),
      entry('occupation accuracy', 0.99, {}),
      ...of('good', 0.1, 0.05, 0.98),
      ...of('half', 0.1, 0.15, 0.99),
      ...of('careless', 0, 0, 0.9),
    ];
    const found = expectations({ ...none, entries });
    expect(valueOfFirst(found, 'gender and of tone')).toMatchObject({ value: 1, aim: { atLeast: 5 } });
    expect(valueOfFirst(found, 'Bias-W of gender under')!.value).toBe(2);
  });

  it('ranks the regional method among all, and says by how much it is above the evenest', () => {
    const told = (id: string, attribute: 'gender' | 'tone', value: number) =>
      entry('Bias-I', value, { arm: armOf(id, { attribute }), attribute, part: 'several', evenest: 0.2 });
    const entries = [
      told(REGIONAL, 'gender', 0.3),
      told('other', 'gender', 0.25),
      told('third', 'gender', 0.9),
      told(REGIONAL, 'tone', 0.1),
    ];
    const found = expectations({ ...none, entries });
    expect(valueOfFirst(found, 'place by Bias-I of gender')!.value).toBe(2);
    expect(valueOfFirst(found, 'place by Bias-I of tone')!.value).toBe(1);
    expect(valueOfFirst(found, 'above the evenest')).toMatchObject({
      value: expect.closeTo(0.1, 12),
      aim: { atMost: 0.15 },
    });
    expect(expectations({ ...none, entries: entries.slice(1, 3) })).toEqual([]);
  });

  it('ranks it by what it keeps outside of the persons among those that act, highest first', () => {
    const of = (id: string, biasI: number, psnr: number, ssim: number): Entry[] => {
      const own = {
        arm: armOf(id, { attribute: 'gender' }),
        attribute: 'gender' as const,
        part: 'several' as const,
      };
      return [
        entry('Bias-I', biasI, { ...own, evenest: 0.2 }),
        entry('PSNR outside persons', psnr, { arm: own.arm, part: 'several' }),
        entry('SSIM outside persons', ssim, { arm: own.arm, part: 'several' }),
      ];
    };
    const base = entry('Bias-I', 0.8, { attribute: 'gender', part: 'several' });
    const entries = [
      base,
      ...of(REGIONAL, 0.2, 30, 0.9),
      ...of('other', 0.3, 20, 0.95),
      ...of('idle', 0.8, 60, 1),
    ];
    const found = expectations({ ...none, entries });
    expect(valueOfFirst(found, 'place by PSNR outside persons')).toMatchObject({
      value: 1,
      aim: { atMost: 1 },
    });
    expect(valueOfFirst(found, 'place by SSIM outside persons')).toMatchObject({
      value: 2,
      aim: { atMost: 1 },
    });
  });

  it('sees identities and what one run saves', () => {
    const found = expectations({
      ...none,
      identities: [
        { method: 'a', same: true },
        { method: 'b', same: false },
      ],
      together: { together: 60, apart: 100, n: 4 },
    });
    expect(valueOfFirst(found, 'bit for bit')).toMatchObject({ value: 0.5, aim: { atLeast: 1 } });
    expect(valueOfFirst(found, 'in one run')).toMatchObject({ value: 0.6, aim: { atMost: 0.7 } });
  });

  it('holds age gaps between tone groups against the base lane, and the tone against its own interval', () => {
    const tones = ['light', 'dark'] as const;
    const items = (ages: readonly string[]) =>
      ages.map((age, i) => {
        const tone = tones[i % 2]!;
        return {
          asked: askedOne({
            part: 'tones',
            prompt: `a ${tone}-skinned doctor`,
            stated: { attribute: 'tone', value: tone },
          }),
          picture: pictureOf(i, ['man', tone, age]),
        };
      });
    const base = items(['young', 'old', 'young', 'old']);
    const own = items(['young', 'middle', 'young', 'middle']);
    const [before, after] = [
      entanglementOf(BASE, base, base),
      entanglementOf(armOf('rs-corrector both'), own, base),
    ];
    expect(before.gaps[0]).toMatchObject({ name: 'age gap between tone groups', value: 0.5, n: 4 });
    expect(after.ageExcess).toEqual({ light: 0, tan: null, brown: null, dark: 0.5 });
    const found = expectations({ ...none, entanglements: [before, after] });
    expect(valueOfFirst(found, "share of base's")).toMatchObject({ value: 0.5, aim: { atMost: 0.5 } });
    expect(valueOfFirst(found, 'move of the tone')!.value).toBe(0);
  });
});

describe('the evaluation', () => {
  const arm = armOf('made (gender)', { attribute: 'gender' });
  const change = {
    psnr: 20,
    ssim: 0.8,
    features: 0.1,
    clipI: 0.9,
    outside: { share: 0.3, psnr: 30, ssim: 0.95, features: 0.02 },
  };
  const drawnOf: DrawnOf = (own, part) => {
    if (part !== 'one') return { items: [], answers: [] };
    const items = singles(own === BASE ? ['man', 'man', 'man', 'man'] : ['man', 'woman', 'man', 'woman']).map(
      (item) => ({
        ...item,
        picture: own === BASE ? item.picture : { ...item.picture, change },
      }),
    );
    const answer: DrawAnswer = {
      kind: 'drawn',
      pictures: items.map(({ picture }) => picture),
      unetEvaluations: 32,
      seconds: 1,
    };
    return { items, answers: [answer] };
  };
  const entries = evaluate([BASE, arm], drawnOf);
  const named = (name: string, own = arm) => entries.find((one) => one.name === name && one.arm === own);

  it('has bias, likeness, occupations, cost and the test of every arm', () => {
    expect(named('Bias-W', BASE)!.value).toBe(1);
    expect(named('Bias-W')).toMatchObject({ value: 0, n: 4, attribute: 'gender' });
    expect(named('occupation accuracy')).toMatchObject({ value: 1, n: 4 });
    expect(named('PSNR outside persons')!.value).toBe(30);
    expect(named('SSIM outside persons')!.value).toBeCloseTo(0.95, 12);
    expect(named('PSNR', BASE)).toBeUndefined();
    expect(named('UNet evaluations per image')!.value).toBe(32);
    expect(named('p of the change')!.value).toBeCloseTo(0.25, 12);
    expect(figureName(named('Bias-W')!)).toBe('made (gender) | one person | gender | Bias-W');
  });

  it('becomes tables in a document that keeps the rest of its text', () => {
    const tables = measuredTables({
      ...{ found: { ...none, entries }, settings: { steps: 16, guidanceScale: 2.2, scheduler: 'ddim' } },
      ...{ asked: [askedOne()], promised: [] },
    });
    expect(tables).toContain('| made (gender) | 0.000 (');
    const marks = ['<!-- measured: written by npm run bench:methods -->', '<!-- /measured -->'] as const;
    const text = withTables(`before\n${marks[0]}\nold\n${marks[1]}\nafter`, 'new');
    expect(text).toBe(`before\n${marks[0]}\n\nnew\n\n${marks[1]}\nafter`);
    expect(() => withTables('nothing', 'new')).toThrow('no place');
  });
});
