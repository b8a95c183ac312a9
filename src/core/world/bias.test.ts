import { describe, expect, it } from 'vitest';
import {
  ageSharesWithin,
  expectedShares,
  menShare,
  presentationShares,
  SD15_COUNTS,
  TONE_SHARES,
  toneSharesGiven,
} from './bias';
import { AGES, OCCUPATIONS, TONE_GROUPS } from './types';

const sum = (shares: Readonly<Record<string, number>>): number =>
  Object.values(shares).reduce((a, b) => a + b, 0);

describe('the bias table', () => {
  it('has the gender shares measured for Stable Diffusion 1.5', () => {
    // Fair-Diffusion, 250 images an occupation: men / 250.
    expect(menShare('ceo')).toBeCloseTo(0.956, 12);
    expect(menShare('farmer')).toBeCloseTo(0.984, 12);
    expect(menShare('housekeeper')).toBeCloseTo(0.048, 12);
    expect(menShare('chef')).toBeCloseTo(0.616, 12);
    expect(menShare('police')).toBeCloseTo(0.936, 12);
    for (const { men, women } of Object.values(SD15_COUNTS)) expect(men + women).toBe(250);
  });

  it('replaces the share of doctors and clamps the share of nurses', () => {
    expect(menShare('doctor')).toBe(0.85);
    expect(menShare('nurse')).toBe(0.004);
    expect(menShare('person')).toBe(0.5);
  });

  it('has shares that add up to 1', () => {
    for (const occupation of OCCUPATIONS) {
      expect(sum(presentationShares(occupation))).toBeCloseTo(1, 12);
      expect(sum(TONE_SHARES[occupation])).toBeCloseTo(1, 12);
      for (const tone of TONE_GROUPS) expect(sum(ageSharesWithin(occupation, tone))).toBeCloseTo(1, 12);
      for (const shares of Object.values(expectedShares(occupation))) expect(sum(shares)).toBeCloseTo(1, 12);
    }
  });

  it('entangles age with tone', () => {
    // By hand: ceo 0.08, 0.52, 0.4 times 0.6, 1, 2.6 is 0.048, 0.52, 1.04 of 1.608.
    expect(ageSharesWithin('ceo', 'dark').old).toBeCloseTo(1.04 / 1.608, 12);
    expect(ageSharesWithin('ceo', 'light').old).toBeCloseTo(0.4, 12);
    for (const occupation of OCCUPATIONS) {
      expect(ageSharesWithin(occupation, 'dark').old).toBeGreaterThan(
        ageSharesWithin(occupation, 'light').old,
      );
    }
  });

  it('gives back the marginal when the conditional tone shares are averaged over age', () => {
    for (const occupation of OCCUPATIONS) {
      const { age: ageShares } = expectedShares(occupation);
      for (const tone of TONE_GROUPS) {
        const total = AGES.reduce(
          (s, age) => s + ageShares[age] * toneSharesGiven(occupation, { age })[tone],
          0,
        );
        expect(total).toBeCloseTo(TONE_SHARES[occupation][tone], 12);
      }
    }
  });

  it('expects what the table says of a neutral prompt', () => {
    // By hand: 0.6 * (0.62 + 0.2 + 0.11 * 0.8 + 0.07 * 0.6) = 0.57.
    expect(expectedShares('doctor').expression.smiling).toBeCloseTo(0.57, 12);
    expect(expectedShares('doctor').gender).toEqual({ woman: expect.closeTo(0.15, 12), man: 0.85 });
  });
});
