import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jackknife } from './jackknife';

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('the jackknife', () => {
  it('of a mean is the textbook interval: mean -+ 1.96 s / sqrt n', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 2, maxLength: 30 }),
        (values) => {
          const { value, interval } = jackknife(values, mean, { groups: values.length });
          const variance = values.reduce((sum, x) => sum + (x - mean(values)) ** 2, 0) / (values.length - 1);
          const half = 1.96 * Math.sqrt(variance / values.length);
          expect(value).toBeCloseTo(mean(values), 9);
          expect(interval[0]).toBeCloseTo(value - half, 6);
          expect(interval[1]).toBeCloseTo(value + half, 6);
        },
      ),
    );
  });

  it('does not go below what can be, and needs something to leave out', () => {
    expect(jackknife([0, 0, 0, 1], mean, { lowest: 0 }).interval[0]).toBe(0);
    expect(() => jackknife([1], mean)).toThrow('fewer than two');
  });
});
