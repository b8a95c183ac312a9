import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_SEED } from './limits';
import { formatSeeds, imageCountIssue, parseSeeds } from './seeds';

const messageOf = (text: string, count = 4): string => {
  const plan = parseSeeds(text, count);
  return plan.ok ? '' : plan.message;
};

describe('seeds as people write them', () => {
  it('takes one number as a start', () => {
    expect(parseSeeds('7', 4)).toEqual({ ok: true, kind: 'start', seeds: [7, 8, 9, 10] });
  });

  it('takes commas, spaces and ranges as an explicit list, whatever the number of images says', () => {
    expect(parseSeeds(' 3,9 20-22;5 ', 1)).toEqual({ ok: true, kind: 'list', seeds: [3, 9, 20, 21, 22, 5] });
  });

  it('names the part that is not a seed', () => {
    expect(messageOf('1, two, 3')).toContain('“two” is not a seed');
    expect(messageOf('-4')).toContain('“-4” is not a seed');
    expect(messageOf('1.5')).toContain('“1.5” is not a seed');
    expect(messageOf('NaN')).toContain('“NaN” is not a seed');
  });

  it('says what to write when the field is empty', () => {
    expect(messageOf('  ')).toContain('The seed is empty');
  });

  it('refuses seeds past 32 bits, also when the count carries them there', () => {
    expect(messageOf('4294967296')).toContain('too large');
    expect(messageOf(String(MAX_SEED), 2)).toContain('would pass the largest seed');
    expect(parseSeeds(String(MAX_SEED), 1).ok).toBe(true);
  });

  it('refuses a seed that stands twice, a backward range and an endless list', () => {
    expect(messageOf('4, 1-5')).toContain('Seed 4 stands twice');
    expect(messageOf('9-3')).toContain('3-9');
    expect(messageOf('1-100000000')).toContain('more than 500 seeds');
  });

  it('refuses zero and a thousand images with a sentence each', () => {
    expect(imageCountIssue(0)).toContain('at least one');
    expect(imageCountIssue(1000)).toContain('at most 500');
    expect(imageCountIssue(500)).toBeNull();
  });

  it('reads back what it writes, for any list of distinct seeds', () => {
    const seeds = fc.uniqueArray(fc.integer({ min: 0, max: MAX_SEED }), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(seeds, (list) => {
        expect(parseSeeds(formatSeeds(list), 1)).toEqual({ ok: true, kind: 'list', seeds: list });
      }),
    );
  });

  it('answers any text without throwing', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer(),
        (text, count) => typeof parseSeeds(text, count).ok === 'boolean',
      ),
    );
  });
});
