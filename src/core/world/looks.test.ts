import { describe, expect, it } from 'vitest';
import { drawLooks, type Looks } from './looks';
import { createRng } from './rng';
import { LONG_HAIR, type Presentation } from './types';

const LONG: readonly string[] = LONG_HAIR;
const draw = (gender: Presentation, free: boolean, age: 'young' | 'old' = 'young'): readonly Looks[] =>
  Array.from({ length: 4000 }, (_, seed) => drawLooks(createRng(seed), gender, 'tan', age, free));
const share = (looks: readonly Looks[], holds: (look: Looks) => boolean): number =>
  looks.filter(holds).length / looks.length;

// Four standard errors of a share of 4000 are at most 0.032.
const NEAR = 0.032;

describe('looks', () => {
  it('make hair length and earrings likely cues of presentation, never certain ones', () => {
    const long = (gender: Presentation): number =>
      share(draw(gender, false), ({ hair }) => LONG.includes(hair));
    expect(Math.abs(long('woman') - 0.82)).toBeLessThan(NEAR);
    expect(Math.abs(long('man') - 0.1)).toBeLessThan(NEAR);
    expect(Math.abs(long('androgynous') - 0.5)).toBeLessThan(NEAR);
    expect(Math.abs(share(draw('woman', false), ({ earrings }) => earrings) - 0.55)).toBeLessThan(NEAR);
  });

  it('make grey hair a likely cue of old age, never a certain one', () => {
    const grey = (age: 'young' | 'old'): number =>
      share(draw('man', false, age), ({ hairColour }) => hairColour === 'grey' || hairColour === 'white');
    expect(grey('young')).toBe(0);
    expect(Math.abs(grey('old') - 0.9)).toBeLessThan(NEAR);
  });

  it('follow neither presentation nor age when they are drawn free', () => {
    const kinds = [draw('woman', true), draw('man', true, 'old')];
    const [a, b] = kinds.map((looks) => share(looks, ({ hair }) => LONG.includes(hair)));
    expect(Math.abs(a! - LONG_HAIR.length / 13)).toBeLessThan(NEAR);
    expect(Math.abs(a! - b!)).toBeLessThan(NEAR);
  });
});
