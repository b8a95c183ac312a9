import { describe, expect, it } from 'vitest';
import { createRemembered } from '../pipeline/remembered';
import { createStepMeans } from './rehearsed';

describe('what methods measure before they draw', () => {
  it('is a mean over pictures for each step', () => {
    const means = createStepMeans();
    means.add(0, { data: Float32Array.of(1, 2), dims: [2] });
    means.add(1, { data: Float32Array.of(5, 5), dims: [2] });
    means.add(0, { data: Float32Array.of(3, 4), dims: [2] });
    expect([...means.mean(0)]).toEqual([2, 3]);
    expect([...means.mean(1)]).toEqual([5, 5]);
    expect(() => means.mean(2)).toThrow('step 2');
  });

  it('is kept under its key, the oldest given up for the newest, and nothing of what failed', async () => {
    const remembered = createRemembered(2);
    let made = 0;
    const make = async () => ++made;
    expect([await remembered('a', make), await remembered('a', make), await remembered('b', make)]).toEqual([
      1, 1, 2,
    ]);
    expect(await remembered('c', make)).toBe(3);
    expect([await remembered('b', make), await remembered('a', make)]).toEqual([2, 4]);
    const fails = () => Promise.reject(new Error('cancelled'));
    await expect(remembered('d', fails)).rejects.toThrow('cancelled');
    expect(await remembered('d', make)).toBe(5);
  });
});
