import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bitsOfHalf, halfOf } from './half';

it('reads and writes every half as itself', () => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = halfOf(bits);
    if (Number.isNaN(value)) expect(bitsOfHalf(value)).toBe(bits & 0x8000 ? 0x7e00 : 0x7e00);
    else if (bitsOfHalf(value) !== bits) expect.fail(`${bits} became ${bitsOfHalf(value)}`);
  }
});

it('knows the numbers of IEEE 754', () => {
  expect([0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400].map(halfOf)).toEqual([1, -2, 65504, 2 ** -24, 2 ** -14]);
});

it('takes the nearest half, and of two the even one', () => {
  expect(halfOf(bitsOfHalf(1 + 2 ** -11))).toBe(1);
  expect(halfOf(bitsOfHalf(1 + 3 * 2 ** -11))).toBe(1 + 2 ** -9);
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: -65504, max: 65504 }), (value) => {
      const bits = bitsOfHalf(value);
      const off = Math.abs(halfOf(bits) - value);
      const sign = bits & 0x8000;
      const magnitude = bits & 0x7fff;
      for (const next of [magnitude - 1, magnitude + 1]) {
        if (next < 0 || next > 0x7bff) continue;
        expect(Math.abs(halfOf(sign | next) - value)).toBeGreaterThanOrEqual(off);
      }
    }),
  );
});
