import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromRuns, toRuns } from './runs';

it('a mask is the lengths of its runs, the first of them outside', () => {
  expect(toRuns([0, 0, 1, 1, 1, 0])).toEqual([2, 3, 1]);
  expect(toRuns([true, false])).toEqual([0, 1, 1]);
  expect([...fromRuns([2, 3, 1], 6)]).toEqual([0, 0, 1, 1, 1, 0]);
});

it('any mask comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 200 }), (mask) => {
      expect([...fromRuns(toRuns(mask), mask.length)]).toEqual(mask.map(Number));
    }),
  );
});
