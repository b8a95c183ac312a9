import { describe, expect, it } from 'vitest';
import { resolveParameters } from './parameters';
import { loadMethod } from './runs';
import { METHOD_SPECS } from './specs';

describe('the methods', () => {
  it('are found by their folders, the base model first', () => {
    expect(METHOD_SPECS.map(({ id }) => id)).toEqual(['base', 'attribute-prompt', 'sd-ei', 'mist']);
  });

  it.each(METHOD_SPECS.map((spec) => [spec.id, spec] as const))(
    '%s has code, a citation, and defaults that hold',
    async (id, spec) => {
      expect((await loadMethod(id)).start).toBeTypeOf('function');
      expect(spec.citation.length).toBeGreaterThan(20);
      const defaults = Object.fromEntries(
        spec.parameters.map((parameter) => [parameter.id, parameter.default]),
      );
      expect(resolveParameters(spec, {})).toEqual(defaults);
      expect(new Set(spec.parameters.map((parameter) => parameter.id)).size).toBe(spec.parameters.length);
    },
  );

  it('say what a parameter may be', () => {
    const mist = METHOD_SPECS.find(({ id }) => id === 'mist')!;
    expect(() => resolveParameters(mist, { rho: 11 })).toThrow('got 11 for its parameter "rho"');
    expect(() => resolveParameters(mist, { rho: Number.NaN })).toThrow('rho');
    expect(() => resolveParameters(mist, { mode: 'both' })).toThrow('mode');
    expect(() => resolveParameters(mist, { preserve: 1 })).toThrow('preserve');
    expect(() => resolveParameters(mist, { speed: 1 })).toThrow('has no parameter "speed"');
  });
});
