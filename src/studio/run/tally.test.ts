import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttributeInfo, PersonReading } from '../../../workers/protocol';
import { addImage, crossKey, crossOf, emptyTally, type Tally } from './tally';

const attribute = (id: string, values: readonly string[], unclearBelow: number): AttributeInfo => ({
  id,
  title: id,
  values: values.map((value) => ({ id: value, title: value })),
  unclearBelow,
});

const ATTRIBUTES = [
  attribute('gender', ['woman', 'man'], 0.8),
  attribute('tone', ['light', 'tan', 'brown', 'dark'], 0.6),
  attribute('glasses', ['no', 'yes'], 0.7),
];

const probabilities = (k: number) =>
  fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: k, maxLength: k }).map((raw) => {
    const sum = raw.reduce((a, b) => a + b, 0);
    return raw.map((value) => value / sum);
  });

const person: fc.Arbitrary<PersonReading> = fc
  .tuple(probabilities(2), probabilities(4), fc.option(probabilities(2)))
  .map(([gender, tone, glasses]) => ({
    box: [0, 0, 10, 10],
    score: 0.9,
    attributes: glasses ? { gender, tone, glasses } : { gender, tone },
  }));

function clusters(rows: readonly (readonly number[])[]) {
  const clear = rows.map((row) => ({ row, m: row.reduce((a, b) => a + b, 0) })).filter(({ m }) => m > 0);
  const sum = (of: (r: (typeof clear)[number]) => number) => clear.reduce((total, r) => total + of(r), 0);
  const values = rows[0] ?? [];
  return {
    images: clear.length,
    xx: values.map((_, k) => sum(({ row }) => row[k]! ** 2)),
    xm: values.map((_, k) => sum(({ row, m }) => row[k]! * m)),
    mm: sum(({ m }) => m ** 2),
  };
}

/** Counts everything anew from the list of images, in the plainest way. */
function oracle(images: readonly (readonly PersonReading[])[]): Omit<Tally, never> {
  const people = images.flat();
  const shown = (p: PersonReading, a: AttributeInfo): number => {
    const row = p.attributes[a.id];
    if (!row) return -2;
    const top = Math.max(...row);
    const tied = row.filter((p) => p === top).length > 1;
    return top < a.unclearBelow || tied ? -1 : row.indexOf(top);
  };
  const count = (list: readonly PersonReading[], a: AttributeInfo, value: number) =>
    list.filter((p) => shown(p, a) === value).length;
  return {
    images: images.length,
    imagesWithPeople: images.filter((list) => list.length > 0).length,
    persons: people.length,
    attributes: Object.fromEntries(
      ATTRIBUTES.map((a) => [
        a.id,
        {
          counts: a.values.map((_, k) => count(people, a, k)),
          unclear: count(people, a, -1),
          missing: count(people, a, -2),
          soft: a.values.map((_, k) => people.reduce((sum, p) => sum + (p.attributes[a.id]?.[k] ?? 0), 0)),
          clusters: clusters(images.map((list) => a.values.map((_, k) => count(list, a, k)))),
        },
      ]),
    ),
    crosses: Object.fromEntries(
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ].map(([i, j]) => {
        const a = ATTRIBUTES[i!]!;
        const b = ATTRIBUTES[j!]!;
        const cells = a.values.map((_, r) =>
          b.values.map((__, c) => people.filter((p) => shown(p, a) === r && shown(p, b) === c).length),
        );
        return [crossKey(a.id, b.id), cells];
      }),
    ),
  };
}

describe('the running tally of a lane', () => {
  it('equals a count from scratch after any images in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.array(person, { maxLength: 4 }), { minLength: 1, maxLength: 40 }), (images) => {
        const tally = images.reduce(
          (now, people) => addImage(now, people, ATTRIBUTES),
          emptyTally(ATTRIBUTES),
        );
        expect(tally).toEqual(oracle(images));
      }),
    );
  });

  it('accounts for every person: clear, unclear and missing readings sum to the number of persons', () => {
    fc.assert(
      fc.property(fc.array(fc.array(person, { maxLength: 3 }), { maxLength: 20 }), (images) => {
        const tally = images.reduce(
          (now, people) => addImage(now, people, ATTRIBUTES),
          emptyTally(ATTRIBUTES),
        );
        for (const { counts, unclear, missing } of Object.values(tally.attributes)) {
          expect(counts.reduce((a, b) => a + b, 0) + unclear + missing).toBe(tally.persons);
        }
      }),
    );
  });

  it('turns the cross table when the attributes are asked for in the other order', () => {
    const people: PersonReading[] = [
      { box: [0, 0, 1, 1], score: 1, attributes: { gender: [0, 1], tone: [0, 0, 1, 0] } },
    ];
    const tally = addImage(emptyTally(ATTRIBUTES), people, ATTRIBUTES);
    expect(crossOf(tally, 'gender', 'tone')).toEqual([
      [0, 0, 0, 0],
      [0, 0, 1, 0],
    ]);
    expect(crossOf(tally, 'tone', 'gender')).toEqual([
      [0, 0],
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
  });
});
