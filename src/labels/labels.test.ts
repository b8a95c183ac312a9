import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BY_HAND,
  errorOf,
  joinLabels,
  type Labels,
  readCsv,
  studyLabels,
  type Thing,
  UNCLEAR,
  writeCsv,
} from './labels';

const thing = (index: number, read: Thing['read'] = {}): Thing => ({
  ...{
    key: `a/${index}/0`,
    laneId: 'a',
    index,
    seed: 100 + index,
    person: 0,
    box: null,
    width: 8,
    height: 8,
    url: null,
  },
  read,
});
const things = Array.from({ length: 40 }, (_, i) => thing(i, { gender: i % 4 === 0 ? 'man' : 'woman' }));
const gender = (of: (i: number) => string, rater = 'Ada'): Labels => ({
  [rater]: Object.fromEntries(things.map(({ key }, i) => [key, { gender: of(i) }])),
});
const truth = (i: number) => (i % 2 === 0 ? 'man' : 'woman');

describe('labels', () => {
  it('of two raters are held against each other by Cohen’s kappa, of three by Fleiss’', () => {
    const other = (i: number) => (i < 4 ? (truth(i) === 'man' ? 'woman' : 'man') : truth(i));
    const two = joinLabels(gender(truth), gender(other, 'Ben'));
    const [first] = studyLabels(BY_HAND, things, two);
    // 36 of 40 agree, both use either value for half: kappa (0.9 - 0.5) / 0.5.
    expect(first!.betweenRaters).toMatchObject({ raters: 2, n: 40, observed: 0.9 });
    expect(first!.betweenRaters!.kappa).toBeCloseTo(0.8, 9);
    // Where the two differ nobody knows: 36 things count.
    expect(first!.labelled).toBe(36);
    const three = joinLabels(two, gender(truth, 'Cy'));
    const [all] = studyLabels(BY_HAND, things, three);
    expect(all!.betweenRaters).toMatchObject({ raters: 3, n: 40 });
    expect(all!.labelled).toBe(40);
    expect(studyLabels(BY_HAND, things, gender(truth))[0]!.betweenRaters).toBeNull();
  });

  it('are held against the reader, and say how it errs', () => {
    const [study] = studyLabels(BY_HAND, things, gender(truth));
    // Read "man" only where the index is a multiple of four: half of the men are missed.
    expect(study!.confusion).toEqual([
      [20, 0],
      [10, 10],
    ]);
    expect(study!.withReader!.observed).toBe(0.75);
    expect(errorOf(study!)).toMatchObject({ on: '40 persons of this run, labelled by hand' });
    const blind = things.map((one) => ({ ...one, read: { gender: 'woman' } }));
    expect(errorOf(studyLabels(BY_HAND, blind, gender(truth))[0]!)).toBeUndefined();
    const few = studyLabels(BY_HAND, things.slice(0, 8), gender(truth))[0]!;
    expect(errorOf(few)).toBeUndefined();
    const [unclear] = studyLabels(
      BY_HAND,
      things,
      gender(() => UNCLEAR),
    );
    expect(unclear).toMatchObject({ labelled: 0, withReader: null, betweenRaters: null });
  });

  it('go out as CSV and come back the same, whatever the raters are called', () => {
    const name = fc.string({ minLength: 1, unit: 'grapheme' }).filter((s) => s.trim() === s);
    const value = fc.constantFrom('woman', 'man', UNCLEAR);
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.array(value, { minLength: 1, maxLength: 40 }), { maxKeys: 4 }),
        (given) => {
          const labels: Labels = Object.fromEntries(
            Object.entries(given).map(([rater, said]) => [
              rater,
              Object.fromEntries(said.map((one, i) => [things[i]!.key, { gender: one }])),
            ]),
          );
          expect(readCsv(writeCsv('r', things, labels), 'r', things, BY_HAND)).toEqual(labels);
        },
      ),
    );
  });

  const head = 'run,lane,seed,index,person,attribute,value,rater';
  it.each([
    ['', 'no column'],
    ['run,lane,index,person,attribute,value\n', '“rater”'],
    [`${head}\nother,a,1,0,0,gender,man,Ada`, 'line 2 is of another run'],
    [`${head}\nr,a,1,0,0,gender,man,Ada\nr,a,1,99,0,gender,man,Ada`, 'line 3 names person 0 of picture 99'],
    [`${head}\nr,a,1,0,0,hat,yes,Ada`, '“hat”'],
    [`${head}\nr,a,1,0,0,gender,maybe,Ada`, 'none of woman, man, unclear'],
    [`${head}\nr,a,1,0,0,gender,man,`, 'names no rater'],
    [`${head}\nr,a,1,0,0,gender,man,"Ada`, 'never closed'],
  ])('%j is refused with its line', (text, words) => {
    expect(() => readCsv(text, 'r', things, BY_HAND)).toThrow(words);
  });

  it('takes what a spreadsheet writes: a byte order mark, other columns, another order, empty lines', () => {
    const text =
      '\ufeffrater,note,run,lane,index,person,attribute,value\r\nAda,"so, so",r,a,3,0,gender,man\r\n\r\n';
    expect(readCsv(text, 'r', things, BY_HAND)).toEqual({ Ada: { 'a/3/0': { gender: 'man' } } });
  });
});
