import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunDefaults } from '../../workers/protocol';
import { issuesOf } from './request';
import { createSettingsStore, defaultSettings } from './settings';
import { defaultsOf, type ModelChoice, titleOfVariant, variantIssue } from './variants';

const full: RunDefaults = { steps: 16, guidanceScale: 2.5, scheduler: 'ddim' };
const few: RunDefaults = { steps: 4, guidanceScale: 1, scheduler: 'ddim' };
const model: ModelChoice = { defaults: full, variants: [{ id: 'fast', title: 'Few steps', defaults: few }] };
const plain: ModelChoice = { defaults: full, variants: [] };

function settings() {
  const store = createSettingsStore();
  store.getState().adoptDefaults(model);
  const now = () => {
    const { variant, steps, guidance, scheduler } = store.getState();
    return { variant, steps, guidance, scheduler };
  };
  return { ...store.getState(), now };
}

describe('choosing a variant', () => {
  it('sets its steps and guidance, and back', () => {
    const { chooseVariant, now } = settings();
    const before = now();
    expect(before).toEqual({ variant: null, steps: 16, guidance: 2.5, scheduler: 'ddim' });
    chooseVariant('fast', model);
    expect(now()).toEqual({ variant: 'fast', steps: 4, guidance: 1, scheduler: 'ddim' });
    chooseVariant(null, model);
    expect(now()).toEqual(before);
  });

  it('keeps what was set by hand, on either side', () => {
    const { chooseVariant, change, now } = settings();
    change({ steps: 30, guidance: 7, scheduler: 'euler' });
    chooseVariant('fast', model);
    change({ steps: 2 });
    chooseVariant(null, model);
    expect(now()).toEqual({ variant: null, steps: 30, guidance: 7, scheduler: 'euler' });
    chooseVariant('fast', model);
    expect(now()).toEqual({ variant: 'fast', steps: 2, guidance: 1, scheduler: 'ddim' });
  });

  it('there and back changes nothing, whatever was set; choosing it again neither', () => {
    const any = fc.record({
      steps: fc.integer({ min: 1, max: 100 }),
      guidance: fc.integer({ min: 0, max: 20 }),
      scheduler: fc.constantFrom('ddim' as const, 'euler' as const),
    });
    fc.assert(
      fc.property(any, fc.array(fc.constantFrom(null, 'fast')), (mine, path) => {
        const { chooseVariant, change, now } = settings();
        change(mine);
        for (const variant of [...path, null]) chooseVariant(variant, model);
        expect(now()).toEqual({ variant: null, ...mine });
      }),
    );
  });
});

describe('what a model offers', () => {
  it('has the defaults of the variant, else of the full model', () => {
    expect([null, 'fast', 'turbo'].map((id) => defaultsOf(model, id))).toEqual([full, few, full]);
  });

  it('a variant that is not there is an issue of the settings, once the model is known', () => {
    expect(variantIssue(model, 'fast')).toBeNull();
    expect(variantIssue(plain, 'fast')).toBe('This model has no variant “fast”; choose Full.');
    const asked = { ...defaultSettings(), variant: 'fast' };
    expect(issuesOf(asked, plain).map(({ field }) => field)).toEqual(['variant']);
    expect(issuesOf(asked, model)).toEqual([]);
    expect(issuesOf(asked, null)).toEqual([]);
  });

  it('names the variant of a past run, by its id where the model does not know it', () => {
    expect(titleOfVariant(model, 'fast')).toBe('Few steps');
    expect(titleOfVariant(plain, 'fast')).toBe('fast');
    expect(titleOfVariant(null, 'fast')).toBe('fast');
    expect(titleOfVariant(model, undefined)).toBeNull();
  });
});
