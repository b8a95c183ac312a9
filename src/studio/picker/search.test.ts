import { describe, expect, it } from 'vitest';
import { METHODS } from '../methods';
import { bestMatch, groupByPlace, searchMethods } from './search';

const found = (query: string) => searchMethods(query, METHODS).map(({ id }) => id);

describe('the method picker', () => {
  it('finds a method by its title, its authors, its place and its evidence', () => {
    expect(found('mist')).toContain('mist');
    expect(found('gandikota')).toEqual(['uce']);
    expect(found('latent projector')).toContain('rs-corrector');
    expect(found('ours prompt')).toContain('attribute-prompt');
    expect(found('  GUIDANCE sega ')).toContain('fair-diffusion');
  });

  it('finds all for an empty query and none for a word that stands nowhere', () => {
    expect(found(' ')).toHaveLength(METHODS.length);
    expect(found('mist zebra')).toEqual([]);
  });

  it('takes the method that is meant by name or place before one whose reference has the word', () => {
    const best = (query: string) => bestMatch(query, searchMethods(query, METHODS))?.id;
    expect(found('latent')).toContain('base');
    expect(METHODS.find(({ id }) => id === best('latent'))?.acts).toBe('latent');
    expect(best('sega')).toBe('fair-diffusion');
    expect(best('gandikota')).toBe('uce');
    expect(best('zebra')).toBeUndefined();
  });

  it('shows every method once, the base model first', () => {
    const groups = groupByPlace(METHODS);
    expect(groups[0]?.methods.map(({ id }) => id)).toEqual(['base']);
    const shown = groups.flatMap(({ methods }) => methods.map(({ id }) => id));
    expect(shown.toSorted()).toEqual(METHODS.map(({ id }) => id).toSorted());
  });
});
