import { describe, expect, it } from 'vitest';
import { tensor } from '../../../src/core/tensor';
import { createDirection, pushOf } from './direction';

/** [2, 1, 2]: two channels of two pixels. */
const middle = (...values: number[]) => tensor(Float32Array.from(values), [2, 1, 2]);

describe('a direction in h-space', () => {
  it('is the mean difference over pixels and over what was added, and its share of the output', () => {
    const gathered = createDirection(2);
    gathered.add(middle(2, 4, 0, 0), middle(1, 1, 3, 5));
    gathered.add(middle(1, 1, 4, 4), middle(1, 1, 4, 4));
    const { change, share } = gathered.direction();
    expect([...change]).toEqual([1, -2]);
    expect(share).toBeCloseTo(Math.hypot(2, 4) / Math.hypot(2, 8), 12);
  });

  it('is nothing where the word changes nothing, also where the mid-block is 0', () => {
    const gathered = createDirection(2);
    gathered.add(middle(0, 0, 0, 0), middle(0, 0, 0, 0));
    expect(gathered.direction()).toEqual({ change: Float64Array.of(0, 0), share: 0 });
    expect(() => createDirection(2).direction()).toThrow('No mid-block');
  });

  it('adds up over attributes, times the strength, for every pixel', () => {
    const of = (...change: number[]) => ({ change: Float64Array.from(change), share: 1 });
    const push = pushOf([of(1, -2), of(0.5, 1)], 4);
    expect(push.dims).toEqual([2, 1, 1]);
    expect([...push.data]).toEqual([6, -4]);
  });
});
