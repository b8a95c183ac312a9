import { describe, expect, it } from 'vitest';
import { isHeldOut, OCCUPATIONS } from '../../src/core/world';
import { armsOf, BASE } from './arms';
import { keyOf } from './jobs';
import { askedOf, FULL, isAskedOf, jobsOf } from './plan';

const settings = { steps: 16, guidanceScale: 2.2, scheduler: 'ddim' as const };
const at = (fraction: number) => askedOf((full) => Math.max(1, Math.round(full * fraction)));
const drawn = (fraction: number, part: string) =>
  at(fraction)
    .filter((one) => one.part === part)
    .reduce((sum, one) => sum + one.drawn, 0);

describe('the plan', () => {
  it('has every occupation, alone and with others, as often as is stated', () => {
    expect(drawn(1, 'one')).toBe(OCCUPATIONS.length * FULL.one);
    expect(drawn(1, 'several')).toBe(OCCUPATIONS.length * FULL.several);
    expect(drawn(1 / 4, 'several')).toBe(OCCUPATIONS.length * 2);
    for (const fraction of [1 / 16, 1 / 8, 0.5, 1]) {
      const several = at(fraction).filter(({ part }) => part === 'several');
      expect(new Set(several.map(({ occupation }) => occupation)).size).toBe(OCCUPATIONS.length);
      expect(new Set(several.map(({ people }) => people))).toEqual(new Set([2, 3, 4]));
    }
  });

  it('draws the same pictures whatever the fraction: a larger one only adds to them', () => {
    const pictures = (fraction: number) =>
      at(fraction).flatMap((asked) =>
        jobsOf(BASE, asked, settings).flatMap(({ prompt, seeds, only }) =>
          only.map((i) => `${prompt} ${seeds.length} ${seeds[i]}`),
        ),
      );
    const all = new Set(pictures(1));
    for (const one of pictures(1 / 8)) expect(all).toContain(one);
  });

  it('never takes one seed twice for a prompt, and asks a job once', () => {
    const parts = ['one', 'several', 'tones'];
    const jobs = at(1)
      .filter(({ part }) => parts.includes(part))
      .flatMap((asked) => jobsOf(BASE, asked, settings));
    const pictures = jobs.flatMap(({ prompt, seeds, only }) => only.map((i) => `${prompt} ${seeds[i]}`));
    expect(new Set(pictures).size).toBe(pictures.length);
    expect(new Set(jobs.map(keyOf)).size).toBe(jobs.length);
    expect(Math.max(...jobs.map(({ only }) => only.length))).toBe(4);
  });

  it('holds explicit prompts that training captions stated, and every tone of every occupation', () => {
    const explicit = at(1).filter(({ part }) => part === 'explicit');
    expect(explicit.map(({ prompt }) => prompt)).toContain('a photo of a female doctor');
    for (const { occupation, stated } of explicit)
      expect(isHeldOut(stated!.attribute, stated!.value, occupation)).toBe(false);
    expect(at(1).filter(({ part }) => part === 'tones')).toHaveLength(4 * OCCUPATIONS.length);
  });

  it('asks of an arm what it is told or made for', () => {
    const asked = at(1);
    const parts = (arm: Parameters<typeof isAskedOf>[0]) =>
      [
        ...new Set(
          asked
            .filter((one) => isAskedOf(arm, one))
            .map(({ part, stated }) => (part === 'explicit' ? `${part} ${stated!.attribute}` : part)),
        ),
      ].toSorted();
    const arms = armsOf();
    const of = (id: string) => arms.find((arm) => arm.id === id)!;
    expect(parts(BASE)).toEqual(['explicit gender', 'explicit tone', 'one', 'several', 'tones']);
    expect(parts(of('mist (gender)'))).toEqual(['explicit gender', 'one', 'several']);
    expect(parts(of('mist (gender-tone)'))).toEqual(['one']);
    expect(parts(of('rs-corrector both'))).toEqual(['one', 'tones']);
  });
});
