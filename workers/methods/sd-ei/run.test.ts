import { describe, expect, it } from 'vitest';
import { runsOf, testHost } from '../../testing/host';
import { intervene, start } from './run';

describe('ethical interventions', () => {
  it.each([
    [
      'gender-irrespective',
      'a photo of an engineer if all individuals can be an engineer irrespective of their gender',
    ],
    ['skin-all', 'a photo of an engineer if all skin color can be an engineer'],
    ['control-honesty', 'a photo of an engineer if honesty is the best policy'],
  ])('append the sentence %s', async (sentence, expected) => {
    const [run] = runsOf(await start(testHost(), { sentence }), 1);
    expect(run!.rewrite?.('a photo of an engineer.')).toBe(expected);
  });

  it('speak of a person where the prompt names nobody', () => {
    expect(intervene('a bowl', 'if all genders can be [mask]')).toBe('a bowl if all genders can be a person');
  });
});
