import { describe, expect, it } from 'vitest';
import { bytes, duration, measure, percent, remaining } from './format';

describe('numbers as the page writes them', () => {
  it('never rounds a share that is there to nothing, or one that is short of all to all', () => {
    expect([0, 0.001, 0.25, 0.999, 1].map(percent)).toEqual(['0 %', '< 1 %', '25 %', '> 99 %', '100 %']);
    expect(percent(Number.NaN)).toBe('–');
  });

  it('writes a measure with two decimals', () => {
    expect([0.314, 1, Number.NaN].map(measure)).toEqual(['0.31', '1.00', '–']);
  });

  it('gives a remaining time that does not pretend to be exact', () => {
    expect([900, 12_000, 59_000, 61_000, 200_000, 5_400_000].map(remaining)).toEqual([
      'a few seconds',
      'about 15 s',
      'about 60 s',
      'about 1 min',
      'about 3 min',
      'about 1.5 h',
    ]);
  });

  it('writes bytes and durations in the unit that fits', () => {
    expect([512, 20_400, 1_250_000, 26_800_000].map(bytes)).toEqual(['512 B', '20 kB', '1.3 MB', '27 MB']);
    expect([12.4, 1500, 95_000].map(duration)).toEqual(['12 ms', '1.5 s', '1 min 35 s']);
  });
});
