import { describe, expect, it } from 'vitest';
import { COVER_SHARES, expectedShares, HOMOGENEITY, TONE_SHARES, toneSharesGiven } from './bias';
import { describePerson } from './describe';
import { HELD_OUT, isHeldOut } from './heldout';
import { COUNT_SHARES } from './plan';
import { sampleBalanced, sampleWorld } from './sample';
import { AGES, EXPRESSIONS, OCCUPATIONS, TONE_GROUPS } from './types';

const samples = Array.from({ length: 20_000 }, (_, seed) => sampleWorld(seed));

/** Pearson's statistic as a standard score: (X2 - df) / sqrt(2 df). Above 4 the counts do not come from the shares. */
function misfit(cells: readonly { readonly count: number; readonly expected: number }[], df: number): number {
  const x2 = cells.reduce((s, { count, expected }) => s + (count - expected) ** 2 / expected, 0);
  return (x2 - df) / Math.sqrt(2 * df);
}

type Attribute = 'gender' | 'tone' | 'age' | 'expression' | 'glasses';

/** Counts against the table over all occupations, for one person a picture (people in a picture are not independent). */
function misfitOf(attribute: Attribute, people: readonly ReturnType<typeof describePerson>[]): number {
  const cells: { count: number; expected: number }[] = [];
  let df = 0;
  for (const occupation of OCCUPATIONS) {
    const here = people.filter((p) => p.occupation === occupation && p[attribute] !== null);
    const shares = Object.entries<number>(expectedShares(occupation)[attribute]);
    df += shares.length - 1;
    for (const [value, share] of shares) {
      cells.push({ count: here.filter((p) => p[attribute] === value).length, expected: here.length * share });
    }
  }
  return misfit(cells, df);
}

const first = samples.map(({ picture, mentioned }) => ({
  labels: describePerson(picture.people[0]!),
  mentions: mentioned[0]!,
  count: picture.people.length,
}));
const unmentioned = first.filter(({ mentions }) => Object.keys(mentions).length === 0);

describe('the sampler', () => {
  it('gives the same sample for the same seed, and others for other seeds', () => {
    expect(sampleWorld(41)).toEqual(samples[41]);
    expect(new Set(samples.slice(0, 500).map((s) => JSON.stringify(s.picture.people))).size).toBe(500);
  });

  it.each(['gender', 'tone', 'age', 'expression', 'glasses'] as const)(
    'draws an unmentioned %s from the bias table',
    (attribute) => {
      expect(unmentioned.length).toBeGreaterThan(4000);
      expect(
        Math.abs(
          misfitOf(
            attribute,
            unmentioned.map(({ labels }) => labels),
          ),
        ),
      ).toBeLessThan(4);
    },
  );

  it.each(['gender', 'tone'] as const)('keeps the marginal of %s in groups', (attribute) => {
    const inGroups = unmentioned.filter(({ count }) => count > 1).map(({ labels }) => labels);
    expect(Math.abs(misfitOf(attribute, inGroups))).toBeLessThan(4);
  });

  it('would notice a table that is not the one drawn from', () => {
    const swapped = unmentioned.map(({ labels }) => ({
      ...labels,
      gender: labels.gender === 'man' ? ('woman' as const) : labels.gender,
    }));
    expect(misfitOf('gender', swapped)).toBeGreaterThan(100);
  });

  it('draws head covers from the table, within presentations', () => {
    for (const gender of ['woman', 'man'] as const) {
      const people = first.filter(({ labels, mentions }) => labels.gender === gender && !mentions.cover);
      const cells = Object.entries(COVER_SHARES[gender]).map(([cover, share]) => ({
        count: people.filter(({ labels }) => labels.cover === cover).length,
        expected: people.length * share,
      }));
      expect(Math.abs(misfit(cells, 2))).toBeLessThan(4);
    }
  });

  it('draws the tone of a person whose age is stated by the rule of Bayes', () => {
    const aged = first.filter(({ mentions }) => mentions.age && !mentions.tone && !mentions.expression);
    const cells = OCCUPATIONS.flatMap((occupation) =>
      AGES.flatMap((age) => {
        const here = aged.filter(({ labels }) => labels.occupation === occupation && labels.age === age);
        if (here.length === 0) return [];
        return Object.entries(toneSharesGiven(occupation, { age })).map(([tone, share]) => ({
          count: here.filter(({ labels }) => labels.tone === tone).length,
          expected: here.length * share,
        }));
      }),
    );
    expect(Math.abs(misfit(cells, (cells.length * 3) / 4))).toBeLessThan(4);
  });

  it('does not tie gender to tone within an occupation', () => {
    const cells = OCCUPATIONS.flatMap((occupation) =>
      (['woman', 'man'] as const).flatMap((gender) => {
        const here = unmentioned.filter(
          ({ labels: l }) => l.occupation === occupation && l.gender === gender,
        );
        if (here.length < 25) return [];
        return Object.entries(TONE_SHARES[occupation]).map(([tone, share]) => ({
          count: here.filter(({ labels }) => labels.tone === tone).length,
          expected: here.length * share,
        }));
      }),
    );
    expect(Math.abs(misfit(cells, (cells.length * 3) / 4))).toBeLessThan(4);
  });

  it('draws mentioned values uniformly where no pair is held out', () => {
    for (const [attribute, values] of [
      ['tone', TONE_GROUPS],
      ['age', AGES],
      ['expression', EXPRESSIONS],
    ] as const) {
      const held: readonly string[] = HELD_OUT.filter((p) => p.attribute === attribute).map(
        (p) => p.occupation,
      );
      const drawn = first
        .filter(({ labels }) => !held.includes(labels.occupation))
        .flatMap(({ mentions }) => mentions[attribute] ?? []);
      const cells = values.map((value) => ({
        count: drawn.filter((v) => v === value).length,
        expected: drawn.length / values.length,
      }));
      expect(Math.abs(misfit(cells, values.length - 1))).toBeLessThan(4);
    }
  });

  it('makes 85 % of the groups homogeneous, except where the caption fixes gender and tone', () => {
    const groups = samples.filter(
      ({ picture, mentioned }) =>
        picture.people.length > 1 &&
        new Set(picture.people.map((p) => p.occupation)).size === 1 &&
        mentioned.every((m) => !(m.gender && m.tone)),
    );
    const alike = groups.filter(({ picture }) => {
      const kinds = picture.people.map((p) => `${p.gender} ${describePerson(p).tone}`);
      return new Set(kinds).size === 1;
    });
    const error = 4 * Math.sqrt((HOMOGENEITY * (1 - HOMOGENEITY)) / groups.length);
    expect(Math.abs(alike.length / groups.length - HOMOGENEITY)).toBeLessThan(error);
  });

  it('never states a held-out pair, though such people are drawn', () => {
    for (const { mentioned, picture } of samples) {
      mentioned.forEach((mentions, i) => {
        for (const [attribute, value] of Object.entries(mentions)) {
          expect(isHeldOut(attribute, value, picture.people[i]!.occupation)).toBe(false);
        }
      });
    }
    for (const { attribute, value, occupation } of HELD_OUT) {
      expect(
        first.some(({ labels }) => labels.occupation === occupation && labels[attribute] === value),
      ).toBe(true);
    }
  });

  it('draws 1, 2, 3 and 4 people as often as stated', () => {
    const cells = Object.entries(COUNT_SHARES).map(([count, share]) => ({
      count: first.filter((f) => f.count === Number(count)).length,
      expected: first.length * share,
    }));
    expect(Math.abs(misfit(cells, 3))).toBeLessThan(4);
  });
});

describe('the balanced sampler', () => {
  it('ties no attribute to another', () => {
    const people = Array.from({ length: 20_000 }, (_, seed) =>
      describePerson(sampleBalanced(seed).picture.people[0]!),
    );
    const pairs = [
      ['gender', 'tone'],
      ['gender', 'age'],
      ['tone', 'age'],
      ['occupation', 'gender'],
      ['cover', 'gender'],
      ['expression', 'tone'],
    ] as const;
    for (const [a, b] of pairs) {
      const counts = new Map<string, number>();
      const add = (key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
      const known = people.filter((p) => p[a] !== null && p[b] !== null);
      for (const p of known) for (const key of [`a ${p[a]}`, `b ${p[b]}`, `ab ${p[a]} ${p[b]}`]) add(key);
      const valuesOf = (side: string): string[] =>
        [...counts.keys()].filter((k) => k.startsWith(`${side} `)).map((k) => k.slice(2));
      const as = valuesOf('a');
      const bs = valuesOf('b');
      const cells = as.flatMap((x) =>
        bs.map((y) => ({
          count: counts.get(`ab ${x} ${y}`) ?? 0,
          expected: ((counts.get(`a ${x}`) ?? 0) * (counts.get(`b ${y}`) ?? 0)) / known.length,
        })),
      );
      expect(Math.abs(misfit(cells, (as.length - 1) * (bs.length - 1)))).toBeLessThan(4);
    }
  });
});
