import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeGap, attributeGapFloor, excessOver, type GroupedValue, position } from './consistency';

const of = (...values: readonly (readonly number[])[]): GroupedValue[] =>
  values.flatMap((group, r) => group.map((value) => ({ group: r, value })));

describe('attribute consistency across groups', () => {
  it('is the largest distance of a group from the mean of all', () => {
    // Means 0.25, 0.5, 1 of 2, 1, 1 persons; all together (0.5 + 0.5 + 1) / 4 = 0.5.
    const gap = attributeGap(of([0, 0.5], [0.5], [1]), 3)!;
    expect(gap).toEqual({ gap: 0.5, mean: 0.5, means: [0.25, 0.5, 1], counts: [2, 1, 1] });
    expect(excessOver(gap, 0)).toEqual([0, 0.25, 0.75]);
  });

  it('leaves groups without anybody out, and says nothing of one group alone', () => {
    const gap = attributeGap(of([1], [], [0]), 3)!;
    expect(gap.means).toEqual([1, undefined, 0]);
    expect(gap.gap).toBe(0.5);
    expect(excessOver(gap, 0)).toEqual([0, undefined, -1]);
    expect(excessOver(gap, 1)).toEqual([undefined, undefined, undefined]);
    expect(attributeGap(of([1, 0]), 3)).toBeUndefined();
    expect(attributeGap([], 3)).toBeUndefined();
    expect(attributeGapFloor(of([1, 0]), 3)).toBeUndefined();
  });

  it('is 0 where all groups agree, at least 0 anywhere, and moves with no constant', () => {
    const person = fc.record({
      group: fc.integer({ min: 0, max: 3 }),
      value: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(
        fc.array(person, { maxLength: 40 }),
        fc.integer({ min: -5, max: 5 }),
        (persons, constant) => {
          const gap = attributeGap(persons, 4)?.gap ?? 0;
          expect(gap).toBeGreaterThanOrEqual(0);
          const moved = persons.map(({ group, value }) => ({ group, value: value + constant }));
          expect(attributeGap(moved, 4)?.gap ?? 0).toBeCloseTo(gap, 9);
          const level = persons.map(({ group }) => ({ group, value: 0.5 }));
          expect(attributeGap(level, 4)?.gap ?? 0).toBe(0);
        },
      ),
    );
  });

  it('has a floor that is what chance shows, and shrinks with n', () => {
    const mixed = (n: number) => of(...[0, 1].map(() => Array.from({ length: n }, (_, i) => i % 2)));
    const [few, many] = [attributeGapFloor(mixed(10), 2)!, attributeGapFloor(mixed(1000), 2)!];
    // Exchanging 20 halves at random, each mean has a deviation of 0.5 sqrt(10 / (19 * 10)) = 0.115; |normal| has mean 0.8 of it.
    expect(few).toBeCloseTo(0.8 * 0.115, 1);
    expect(many).toBeCloseTo(few / 10, 2);
    const apart = of(new Array(50).fill(0), new Array(50).fill(1));
    expect(attributeGap(apart, 2)!.gap).toBeGreaterThan(5 * attributeGapFloor(apart, 2)!);
  });

  it('refuses a group that does not exist', () => {
    expect(() => attributeGap([{ group: 3, value: 0 }], 3)).toThrow(RangeError);
    expect(() => attributeGap([{ group: 0.5, value: 0 }], 3)).toThrow(RangeError);
  });

  it('places a reading between the first and the last value', () => {
    expect(position([1, 0, 0])).toBe(0);
    expect(position([0, 1, 0])).toBe(0.5);
    expect(position([0.2, 0.2, 0.6])).toBeCloseTo(0.7, 12);
  });
});
