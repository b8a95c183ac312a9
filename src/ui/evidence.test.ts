import { describe, expect, it } from 'vitest';
import { METHOD_SPECS } from '../../workers/methods/specs';
import { evidenceLabel } from './evidence';

describe('the evidence of a method', () => {
  it('names whom a method comes after where the formula is ours', () => {
    const spec = { evidence: 'after', citation: 'After Jiang, Lyu and Ma, RS-Corrector, 2023.' } as const;
    expect(evidenceLabel(spec)).toBe('after Jiang et al.');
    expect(evidenceLabel({ ...spec, citation: 'After Kim et al., 2025.' })).toBe('after Kim et al.');
    expect(evidenceLabel({ ...spec, citation: 'After Bolukbasi, 2016.' })).toBe('after Bolukbasi');
    expect(evidenceLabel({ ...spec, citation: 'After EquiSteer, ECCV 2026.' })).toBe('after EquiSteer');
    expect(evidenceLabel({ ...spec, citation: 'A known idea.' })).toBe('after');
    expect(evidenceLabel({ ...spec, evidence: 'ours' })).toBe('ours');
  });

  it.each(
    METHOD_SPECS.filter(({ evidence }) => evidence === 'after').map((spec) => [spec.id, spec] as const),
  )('%s names somebody', (_id, spec) => expect(evidenceLabel(spec)).toMatch(/^after \p{Lu}/u));
});
