import { describe, expect, it } from 'vitest';
import type { VariantInfo } from '../../workers/protocol';
import { figureGroups, figureNumber, figureSpread, figureVerdict } from './figureGroups';
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
  const figures = [
    figure('glasses obeyed'),
    figure('world-FID: floor', { target: null, ok: true }),
    figure('fast: glasses obeyed'),
    figure('fast, worse than the full model by: glasses obeyed'),
    figure('faster than before', { target: null, ok: true }),
  ];

  it('stand apart for the full model and its variants, none lost, the targets first', () => {
    const groups = figureGroups(figures, [fast]);
    const named = groups.map(({ variant, held, others }) => [
      variant?.id,
      held.map(({ name }) => name),
      others.map(({ name }) => name),
    ]);
    expect(named).toEqual([
      [undefined, ['glasses obeyed'], ['world-FID: floor', 'faster than before']],
      ['fast', ['glasses obeyed', 'worse than the full model by: glasses obeyed'], []],
    ]);
  });

  it('of a variant that the model does not have are still shown, under their own name', () => {
    const [group, ...rest] = figureGroups(figures, []);
    expect(rest).toEqual([]);
    expect([...group!.held, ...group!.others]).toHaveLength(figures.length);
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
    expect(figureVerdict(figure('x', { ok: true }))).toBe('met');
    expect(figureVerdict(figure('x'))).toBe('missed, 0.05 off');
    expect(figureVerdict(figure('x', { value: 0.063, target: 0.05 }))).toBe('missed, 0.013 off');
    expect(figureVerdict(figure('x', { value: null }))).toBe('not measured');
  });
});
