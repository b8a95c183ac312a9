import { describe, expect, it } from 'vitest';
import { type Capabilities, chooseBackend } from './choose';
import { adapterFacts, wantedFeatures } from './gpu';

const gpu = { vendor: 'nvidia', architecture: 'ampere', software: false };
const swiftshader = { vendor: 'google', architecture: 'swiftshader', software: true };
const facts = (changes: Partial<Capabilities> = {}): Capabilities => ({
  api: true,
  adapter: null,
  crossOriginIsolated: true,
  cores: 8,
  ...changes,
});

describe('the choice of backend', () => {
  it('takes the GPU by itself only when it is hardware', () => {
    expect(chooseBackend('auto', facts({ adapter: gpu }))).toMatchObject({
      backend: 'webgpu',
      title: 'WebGPU on nvidia ampere',
    });
    const software = chooseBackend('auto', facts({ adapter: swiftshader }));
    expect(software.backend).toBe('wasm');
    expect(software.reason).toContain('imitates a GPU');
  });

  it('uses a software adapter when WebGPU is asked for by name, and warns', () => {
    const report = chooseBackend('webgpu', facts({ adapter: swiftshader }));
    expect(report.backend).toBe('webgpu');
    expect(report.reason).toContain('far slower');
  });

  it('refuses WebGPU by name where there is none, and tells an API without a GPU from no API', () => {
    expect(() => chooseBackend('webgpu', facts())).toThrow('offers no adapter');
    expect(() => chooseBackend('webgpu', facts({ api: false }))).toThrow('does not offer WebGPU');
  });

  it('falls back to wasm, with four threads at most and one without isolation, and says why', () => {
    expect(chooseBackend('auto', facts())).toMatchObject({
      backend: 'wasm',
      threads: 4,
      title: 'wasm, 4 threads',
    });
    const alone = chooseBackend('auto', facts({ crossOriginIsolated: false }));
    expect(alone).toMatchObject({ threads: 1, title: 'wasm, 1 thread' });
    expect(alone.reason).toContain('cross-origin isolation');
    expect(chooseBackend('wasm', facts({ adapter: gpu })).reason).toContain('asked for by name');
  });
});

describe('the GPU device', () => {
  it('has no subgroups on software adapters, where attention goes wrong with them', () => {
    const all = new Set(['shader-f16', 'subgroups', 'timestamp-query']);
    expect(wantedFeatures(all, false)).toContain('subgroups');
    expect(wantedFeatures(all, true)).toEqual(['shader-f16', 'timestamp-query']);
    expect(wantedFeatures(new Set(), false)).toEqual([]);
  });

  it('knows software by its name when the adapter does not admit it', () => {
    const info = (architecture: string, isFallbackAdapter = false) =>
      adapterFacts({ vendor: 'x', architecture, isFallbackAdapter } as GPUAdapterInfo).software;
    expect([info('llvmpipe'), info('swiftshader'), info('', true), info('ampere'), info('')]).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
