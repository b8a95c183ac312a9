import { describe, expect, it } from 'vitest';
import { type ReaderFacts, readReader } from './modelFacts';
import { toneFindings, toneName, toneTestSentence } from './toneGroups';

const quality = (rights: Readonly<Record<string, number>>) => ({
  n: 3000,
  accuracy: 0.99,
  coverage: 0.99,
  accuracyWhenClear: 0.99,
  ece: 0.004,
  confusion: [],
  byToneGroup: Object.fromEntries(
    Object.entries(rights).map(([id, right]) => [id, { n: 1000, accuracy: right / 1000 }]),
  ),
});

const reader = (worse: readonly object[]): ReaderFacts => {
  const facts = readReader({
    attributes: [
      {
        id: 'tone',
        title: 'Skin tone (Monk)',
        values: [
          { id: 'light', title: 'Light (Monk 1-3)' },
          { id: 'dark', title: 'Dark (Monk 8-10)' },
        ],
        unclearBelow: 0.7,
      },
    ],
    measured: {
      attributes: { glasses: quality({ light: 1000, tan: 999, dark: 986 }) },
      heads: {
        n: 20,
        missed: 0.1,
        false: 0,
        byToneGroup: { light: { n: 10, found: 10 }, dark: { n: 10, found: 5 } },
      },
      toneGroups: { test: 'Fisher’s exact test, Holm-corrected', comparisons: 42, worse },
    },
  });
  if (!facts) throw new Error('These facts should fit the schema.');
  return facts;
};

describe('a reader that is worse on one tone group', () => {
  it('is said to be so, once per attribute and group, against all that do better, with n and p', () => {
    const said = toneFindings(
      reader([
        { what: 'glasses', worse: 'dark', better: 'light', p: 0.000012 },
        { what: 'glasses', worse: 'dark', better: 'tan', p: 0.0467 },
        { what: 'heads', worse: 'dark', better: 'light', p: 0.03 },
      ]),
    );
    expect(said).toEqual([
      {
        what: 'glasses',
        sentence:
          'On dark skin it is right less often: 98.6 % (n = 1,000), against 100.0 % on light (n = 1,000, p < 0.0001) and 99.9 % on tan (n = 1,000, p = 0.047).',
      },
      {
        what: 'heads',
        sentence:
          'On dark skin fewer heads are found: 50.0 % (n = 10), against 100.0 % on light (n = 10, p = 0.03).',
      },
    ]);
  });

  it('is not said to be so where chance explains it', () => {
    const facts = reader([]);
    expect(toneFindings(facts)).toEqual([]);
    expect(toneTestSentence(facts.measured!)).toContain('42 comparisons');
    expect(toneFindings({ attributes: [], measured: null })).toEqual([]);
  });

  it('calls a group by its title, or by its id where it has none', () => {
    expect(toneName(reader([]), 'dark')).toBe('dark');
    expect(toneName(reader([]), 'tan')).toBe('tan');
  });
});
