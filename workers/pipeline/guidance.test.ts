import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/core/tensor';
import { defaultCombine, guidanceIsOn } from './guidance';

const of = (...values: number[]) => tensor(Float32Array.from(values), [values.length]);

describe('classifier-free guidance', () => {
  it('goes from the unconditional through the conditional prediction and beyond', () => {
    const predictions = { uncond: of(1, -2), cond: of(2, 0) };
    expect([...defaultCombine(predictions, 0).data]).toEqual([1, -2]);
    expect([...defaultCombine(predictions, 1).data]).toEqual([2, 0]);
    expect([...defaultCombine(predictions, 7.5).data]).toEqual([8.5, 13]);
  });

  it('is the conditional prediction itself where no other branch ran', () => {
    const cond = of(3);
    expect(defaultCombine({ cond }, 7.5)).toBe(cond);
    expect(() => defaultCombine({}, 1)).toThrow(RangeError);
  });

  it('is off at a scale of 1 or less, as in diffusers', () => {
    expect([0, 1, 1.01, 7.5].map(guidanceIsOn)).toEqual([false, false, true, true]);
  });
});
