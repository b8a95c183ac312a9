import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCard, readReader } from './modelFacts';

const file = (path: string): unknown => JSON.parse(readFileSync(`public/models/people/${path}`, 'utf8'));

describe('what the shipped model says of itself', () => {
  it('can be read by the page', () => {
    expect(readCard(file('card.json'))?.title).toContain('People');
    expect(readReader(file('perception/reader.json'))?.attributes.map(({ id }) => id)).toContain('gender');
  });

  it('has a confusion matrix as wide as the attribute wherever one was measured', () => {
    const reader = readReader(file('perception/reader.json'));
    for (const [id, { confusion }] of Object.entries(reader?.measured?.attributes ?? {})) {
      const values = reader?.attributes.find((attribute) => attribute.id === id)?.values.length;
      expect(confusion.map((row) => row.length)).toEqual(new Array(values).fill(values));
    }
  });
});

describe('a model without facts', () => {
  it('is taken as such, whatever stands in the files', () => {
    for (const json of [null, 3, 'no', [], {}, { measured: 1 }]) {
      expect(readCard(json)).toBeNull();
      expect(readReader(json)).toBeNull();
    }
  });
});
