import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleaned, components, dilated, type Mask, withoutHoles, withoutSpecks } from './cleaning';
import { type Head, individualsByHeads } from './detections';
import { individualsByShape } from './individuals';

/** "#" is inside. */
function drawn(...rows: string[]): Mask {
  const data = Uint8Array.from(rows.join(''), (letter) => (letter === '#' ? 1 : 0));
  return { width: rows[0]!.length, height: rows.length, data };
}
const shown = ({ width, data }: Mask) =>
  Array.from({ length: data.length / width }, (_, y) =>
    [...data.subarray(y * width, (y + 1) * width)].map((value) => (value ? '#' : '.')).join(''),
  );
const anyMask = fc
  .array(fc.boolean(), { minLength: 256, maxLength: 256 })
  .map((bits): Mask => ({ width: 16, height: 16, data: Uint8Array.from(bits, Number) }));
const anyHeads = fc.array(
  fc.tuple(
    fc.integer({ min: -2, max: 16 }),
    fc.integer({ min: -2, max: 16 }),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 6 }),
  ),
  { minLength: 1, maxLength: 4 },
);

describe('cleaning', () => {
  it('fills holes, but not bays', () => {
    expect(shown(withoutHoles(drawn('#####', '#.#.#', '###.#', '###.#')))).toEqual([
      '#####',
      '###.#',
      '###.#',
      '###.#',
    ]);
  });

  it('drops what is under 0.8 % of the picture: 2 cells of 16 x 16 go, 3 stay', () => {
    const mask: Mask = { width: 16, height: 16, data: new Uint8Array(256) };
    mask.data.set([1, 1], 20);
    mask.data.set([1, 1, 1], 100);
    expect(components(withoutSpecks(mask))).toEqual([[100, 101, 102]]);
  });

  it('grows by whole cells, over corners too', () => {
    expect(shown(dilated(drawn('....', '.#..', '....', '....'), 1))).toEqual([
      '###.',
      '###.',
      '###.',
      '....',
    ]);
  });
});

describe('individuals told by shape', () => {
  const two = drawn(
    '................',
    '.####......####.',
    '######....######',
    '################',
    '######....######',
    '.####......####.',
    '................',
  );

  it('splits a waist when more are expected, and not otherwise', () => {
    expect(individualsByShape(two, 1)).toHaveLength(1);
    const parts = individualsByShape(two, 2);
    expect(parts).toHaveLength(2);
    expect(parts[0]!.every((place) => place % 16 < 8)).toBe(true);
    expect(parts.flat().toSorted((a, b) => a - b)).toEqual(components(two)[0]);
    expect(individualsByShape(two, 3)).toHaveLength(2);
  });

  it('keeps the largest where there are more than expected, from left to right', () => {
    const three = drawn('##..####..###', '##..####..###');
    expect(individualsByShape(three, 2).map((places) => places[0]! % 13)).toEqual([4, 10]);
  });

  it('regions are disjoint and lie within the mask, whatever it is', () => {
    fc.assert(
      fc.property(anyMask, fc.integer({ min: 1, max: 5 }), (mask, expected) => {
        const regions = individualsByShape(cleaned(mask), expected);
        const places = regions.flat();
        expect(regions.length).toBeLessThanOrEqual(expected);
        expect(new Set(places).size).toBe(places.length);
        expect(places.every((place) => cleaned(mask).data[place] === 1)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('individuals told by heads', () => {
  it('are as many as there are heads, each with its head, and share what is between by nearness', () => {
    const mask: Mask = { width: 16, height: 16, data: new Uint8Array(256).fill(1) };
    const heads: Head[] = [
      [2, 4, 4, 4],
      [10, 4, 4, 4],
    ];
    const [left, right] = individualsByHeads(mask, heads);
    expect(left).toContain(5 * 16 + 3);
    expect(left).toContain(15 * 16 + 4);
    expect(right).toContain(15 * 16 + 12);
    expect(left).not.toContain(15 * 16 + 8);
    // Nobody is where no head is near, though the mask says so.
    expect([...left!, ...right!]).not.toContain(0);
  });

  it('a head is found where the attention saw nothing', () => {
    const none: Mask = { width: 16, height: 16, data: new Uint8Array(256) };
    expect(individualsByHeads(none, [[4, 4, 4, 4]])[0]!.length).toBeGreaterThanOrEqual(16);
  });

  it('regions are disjoint, whatever is found', () => {
    fc.assert(
      fc.property(anyMask, anyHeads, (mask, heads) => {
        const regions = individualsByHeads(mask, heads);
        expect(regions).toHaveLength(heads.length);
        expect(new Set(regions.flat()).size).toBe(regions.flat().length);
      }),
      { numRuns: 50 },
    );
  });
});
