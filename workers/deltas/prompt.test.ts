import { describe, expect, it } from 'vitest';
import { promptFor, wordsOfRule } from './prompt';

const TOKENS = ['<fair>'];
const RULE = { words: { person: '<fair> person', nurse: '<fair> nurse' }, otherwise: '{prompt}, <fair>' };

describe('the prompt of a variant with a token', () => {
  it('has its words replaced, whole ones only and whatever their case', () => {
    expect(promptFor('a photo of a Person', TOKENS, RULE)).toBe('a photo of a <fair> person');
    expect(promptFor('a nurse and a person', TOKENS, RULE)).toBe('a <fair> nurse and a <fair> person');
    expect(promptFor('a personal trainer', TOKENS, RULE)).toBe('a personal trainer, <fair>');
  });

  it('stays as it is when a token stands in it, or there is no rule', () => {
    expect(promptFor('a <Fair> person', TOKENS, RULE)).toBe('a <Fair> person');
    expect(promptFor('a person', TOKENS, null)).toBe('a person');
    expect(promptFor('a dog', TOKENS, { words: { person: '<fair>' } })).toBe('a dog');
  });

  it('is not added to twice, also where its word is an ordinary one', () => {
    const rule = { words: {}, otherwise: '{prompt} sks' };
    expect(promptFor('a doctor', [], rule)).toBe('a doctor sks');
    expect(promptFor('a doctor SKS', [], rule)).toBe('a doctor SKS');
    expect(promptFor('a doctor with masks', [], rule)).toBe('a doctor with masks sks');
    expect(wordsOfRule(rule)).toEqual(['sks']);
    expect(wordsOfRule(null)).toEqual([]);
  });

  it('keeps marks that mean something to replacements', () => {
    expect(promptFor('a $& dog', TOKENS, RULE)).toBe('a $& dog, <fair>');
  });
});
