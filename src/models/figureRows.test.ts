import { describe, expect, it } from 'vitest';
import type { VariantInfo } from '../../workers/protocol';
import { figureNumber, figureRows, figureSpread, targetOf, variantVerdict, verdictOf } from './figureRows';
import type { Figure } from './modelFacts';

const fast: VariantInfo = {
  id: 'fast',
  title: 'Few steps',
  defaults: { steps: 4, guidanceScale: 1, scheduler: 'ddim' },
};

const figure = (name: string, changes: Partial<Figure> = {}): Figure => ({
  name,
  value: 0.9,
  n: 1240,
  interval: [0.88, 0.92],
  target: 0.95,
  ok: false,
  ...changes,
});

describe('the figures of a model', () => {
  const full = figure('glasses obeyed');
  const floor = figure('world-FID: floor', { target: null, ok: true });
  const own = figure('fast: glasses obeyed');
  const worse = figure('fast, worse than the full model by: glasses obeyed', { target: 0.03 });
  const faster = figure('faster than before', { target: null, ok: true });
  const alone = figure('fast: seconds an image', { target: 0.4 });

  it('stand once each, those of a variant beside those of the full model', () => {
    expect(figureRows([full, floor, own, worse, faster, alone], [fast])).toEqual([
      { name: 'glasses obeyed', full, variants: [{ own, worse }] },
      { name: 'world-FID: floor', full: floor, variants: [{ own: null, worse: null }] },
      { name: 'faster than before', full: faster, variants: [{ own: null, worse: null }] },
      { name: 'seconds an image', full: null, variants: [{ own: alone, worse: null }] },
    ]);
  });

  it('of a variant that the model does not have are still shown, under their own name', () => {
    const rows = figureRows([full, own, worse], []);
    expect(rows.map(({ name }) => name)).toEqual([full.name, own.name, worse.name]);
  });

  it('have the target of the full model, else of the variant, else none', () => {
    const targets = figureRows([full, floor, own, alone], [fast]).map(targetOf);
    expect(targets).toEqual([0.95, null, 0.4]);
  });
});

describe('a figure in words', () => {
  it('has three significant digits, in shares as in seconds and in counts', () => {
    expect([0.98512, 0.9, 32.41, 1239.6, 0.00612, 0, null].map(figureNumber)).toEqual([
      '0.985',
      '0.9',
      '32.4',
      '1,240',
      '0.00612',
      '0',
      '–',
    ]);
  });

  it('carries n and interval, unless the interval says nothing', () => {
    expect(figureSpread(figure('x'))).toBe('n = 1,240, 0.88 to 0.92');
    expect(figureSpread(figure('x', { interval: [0.9, 0.9] }))).toBe('n = 1,240');
    expect(figureSpread(figure('x', { interval: null }))).toBe('n = 1,240');
  });

  it('says whether the target is met, and else how far off it is, on either side', () => {
    expect(verdictOf(figure('x', { ok: true }))).toEqual({ ok: true, text: 'met' });
    expect(verdictOf(figure('x'))).toEqual({ ok: false, text: '0.05 off' });
    expect(verdictOf(figure('x', { value: 0.063, target: 0.05 }))?.text).toBe('0.013 off');
    expect(verdictOf(figure('x', { value: null }))?.text).toBe('not measured');
    expect(verdictOf(figure('x', { target: null }))).toBeNull();
  });

  it('of a variant says whether it keeps up with the full model, whatever that reached', () => {
    const own = figure('fast: x');
    const compared = (value: number, ok: boolean) => ({
      own,
      worse: figure('w', { value, ok, target: 0.03 }),
    });
    expect(variantVerdict(compared(0.01, true))).toEqual({ ok: true, text: 'keeps up' });
    expect(variantVerdict(compared(0.096, false))).toEqual({ ok: false, text: '0.096 worse' });
    expect(variantVerdict({ own, worse: null })).toEqual({ ok: false, text: '0.05 off' });
    expect(variantVerdict({ own: null, worse: null })).toBeNull();
  });
});
