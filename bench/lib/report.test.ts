import { describe, expect, it } from 'vitest';
import { type Aim, figure, figureOf } from './report';

const held = (value: number, aim?: Aim) => figureOf({ name: 'x', value, n: 3, interval: [0, 1], aim });

describe('a figure', () => {
  it('keeps a promise from its own side, the bound included', () => {
    expect(held(0.95, { atLeast: 0.95 })).toMatchObject({ target: 0.95, ok: true });
    expect(held(0.949, { atLeast: 0.95 }).ok).toBe(false);
    expect(held(3, { atMost: 3 }).ok).toBe(true);
    expect(held(3.1, { atMost: 3 })).toMatchObject({ target: 3, ok: false });
    expect([0.78, 0.92, 0.77, 0.93].map((x) => held(x, { near: 0.85, within: 0.07 }).ok)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('without a promise keeps it', () => {
    expect(held(5)).toEqual({ name: 'x', value: 5, n: 3, interval: [0, 1], target: null, ok: true });
  });

  it('of timings is the median with smallest and largest, to four digits', () => {
    expect(figure('t', [3.00004, 1, 2.123456], 2)).toEqual({
      name: 't',
      value: 2.123,
      n: 3,
      interval: [1, 3],
      target: 2,
      ok: false,
    });
    expect(() => figure('t', [])).toThrow('t was never measured');
  });
});
