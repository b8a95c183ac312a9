import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MethodSpec } from './method';
import { resolveParameters } from './parameters';
import { loadMethod } from './runs';
import { METHOD_SPECS } from './specs';

describe('the methods', () => {
  it('are found by their folders, the base model first', () => {
    const here = new URL('.', import.meta.url);
    const folders = readdirSync(here).filter((name) => existsSync(new URL(`${name}/spec.ts`, here)));
    expect(METHOD_SPECS.map(({ id }) => id).toSorted()).toEqual(folders.toSorted());
    expect(METHOD_SPECS.slice(0, 3).map(({ id }) => id)).toEqual(['base', 'attribute-prompt', 'sd-ei']);
    expect(new Set(METHOD_SPECS.map(({ order }) => order)).size).toBe(METHOD_SPECS.length);
  });

  it.each(METHOD_SPECS.map((spec) => [spec.id, spec] as const))(
    '%s has code, a citation, and defaults that hold',
    async (id, spec) => {
      expect((await loadMethod(id)).start).toBeTypeOf('function');
      expect(spec.citation.length).toBeGreaterThan(20);
      // One sentence that teaches.
      expect(spec.summary).toMatch(/^[A-Z][^.!?]*[.]$/);
      expect(spec.relativeCost).toBeGreaterThanOrEqual(1);
      expect(spec.acts !== undefined).toBe(id !== 'base');
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
    const yes = { type: 'boolean', id: 'yes', title: 'Yes', help: 'Or no.', default: true } as const;
    const spec: MethodSpec = { ...mist, parameters: [yes] };
    expect(() => resolveParameters(spec, { yes: 1 })).toThrow('yes');
    expect(() => resolveParameters(mist, { speed: 1 })).toThrow('has no parameter "speed"');
  });
});
