import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCard, readReader } from './modelFacts';

const file = (path: string): unknown => JSON.parse(readFileSync(`public/models/people/${path}`, 'utf8'));
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

describe('what the shipped model says of itself', () => {
  const card = readCard(file('card.json'));
  const reader = readReader(file('perception/reader.json'));

  it('can be read by the page', () => {
    expect(card?.title).toContain('People');
    expect(card?.limits.length).toBeGreaterThan(2);
    expect(reader?.attributes.map(({ id }) => id)).toContain('gender');
  });

  it('names every figure that misses its target among its limits, of a variant where it is worse than the full model', () => {
    const figures = card?.figures?.figures ?? [];
    if (figures.length === 0) expect(card?.limits.join()).toContain('not been measured');
    const compared = figures.map(({ name }) => name.replace(', worse than the full model by', ''));
    for (const { name, ok } of figures) {
      if (ok || compared.filter((other) => other === name).length > 1) continue;
      expect(card?.limits.some((limit) => limit.toLowerCase().startsWith(name.toLowerCase()))).toBe(true);
    }
  });

  it('has a confusion matrix as wide as the attribute wherever one was measured', () => {
    for (const [id, { confusion }] of Object.entries(reader?.measured?.attributes ?? {})) {
      const values = reader?.attributes.find((attribute) => attribute.id === id)?.values.length;
      expect(confusion.map((row) => row.length)).toEqual(new Array(values).fill(values));
    }
  });

  it('counts the same people in the matrix, in the tone groups and in the reliability diagram', () => {
    for (const { n, confusion, byToneGroup, reliability } of Object.values(
      reader?.measured?.attributes ?? {},
    )) {
      expect(sum(confusion.flat())).toBe(n);
      expect(sum(Object.values(byToneGroup).map((group) => group.n))).toBe(n);
      for (const group of Object.values(byToneGroup)) {
        if (group.confusion) expect(sum(group.confusion.flat())).toBe(group.n);
      }
      if (reliability.length > 0) expect(sum(reliability.map((bin) => bin.n))).toBe(n);
    }
  });
});

describe('facts', () => {
  it('are shown as far as they are there: a card with nothing but its title, figures that could not be measured', () => {
    expect(readCard({ title: 'x' })).toMatchObject({
      title: 'x',
      limits: [],
      figures: null,
      worldClip: null,
    });
    const figure = { name: 'x', value: null, n: 0, interval: [null, null], target: 1, ok: false };
    const figures = { command: 'c', commit: 'a', date: '', figures: [figure] };
    expect(readCard({ title: 'x', figures })?.figures?.figures).toEqual([figure]);
  });

  it('are none where the files hold something else', () => {
    for (const json of [null, 3, 'no', [], {}, { measured: 1 }]) {
      expect(readCard(json)).toBeNull();
      expect(readReader(json)).toBeNull();
    }
  });
});
