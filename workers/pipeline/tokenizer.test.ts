import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TINY } from '../testing/tiny';
import { createPromptTokenizer, cutAfter, wordsOf } from './tokenizer';

const read = (name: string) => JSON.parse(readFileSync(`${TINY}/tokenizer/${name}`, 'utf8'));
const END = '<|endoftext|>';

/** The tiny golden tokenizer; `maxTokens` as asked. */
function tokenizerOf(maxTokens: number, vocabulary?: readonly string[]) {
  const config = { model_max_length: maxTokens, eos_token: END, pad_token: END };
  return createPromptTokenizer(read('tokenizer.json'), read('tokenizer_config.json'), config, vocabulary);
}

describe('the tokenizer', () => {
  const eos = tokenizerOf(77).encode('').ids[1]!;

  it('gives maxTokens ids for any text: the end token first at eos, then nothing but padding', () => {
    const tokenizer = tokenizerOf(16);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (prompt) => {
        // A text may spell the end token out.
        fc.pre(!prompt.includes('<|'));
        const { ids, eos: at } = tokenizer.encode(prompt);
        expect(ids).toHaveLength(16);
        expect(ids[at]).toBe(eos);
        expect(ids.slice(at).every((id) => id === eos)).toBe(true);
      }),
    );
  });

  it('cuts a long prompt exactly: what is left encodes to the same ids, what was cut was ignored', () => {
    const tokenizer = tokenizerOf(16);
    const words = fc.array(fc.constantFrom('doctor', 'a', 'nurse', 'Female', 'zebra', 'naïve', 'x,y', '42'), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(words, (list) => {
        const prompt = list.join(' ');
        const { cutText, tokenCount } = tokenizer.report(prompt);
        expect(prompt.endsWith(cutText)).toBe(true);
        expect(cutText === '').toBe(tokenCount <= 16);
        const kept = prompt.slice(0, prompt.length - cutText.length).trim();
        // A word that was cut in the middle is spelled with other pieces when it stands alone.
        if (/(^|\s)$/.test(prompt.slice(0, prompt.length - cutText.length))) {
          expect(tokenizer.encode(kept).ids).toEqual(tokenizer.encode(prompt).ids);
        }
      }),
    );
  });

  it('reports the cut to the letter', () => {
    expect(cutAfter('a doctor, old', ['a</w>', 'doctor</w>', ',</w>'])).toBe('old');
    expect(cutAfter('Zebra crossing', ['z', 'e'])).toBe('bra crossing');
    expect(cutAfter('é b', ['Ã', '©</w>'])).toBe('b');
  });

  it('tells which rows of the encoded prompt belong to which word', () => {
    const tokens = ['a</w>', 'do', 'ctor', "'s</w>", ',</w>', 'na', 'Ã', '¯ve</w>'];
    expect(wordsOf("A  doctor's, naïve", tokens)).toEqual([
      { text: 'A', start: 0, end: 1, rows: [1] },
      { text: "doctor's", start: 3, end: 11, rows: [2, 3, 4] },
      { text: ',', start: 11, end: 12, rows: [5] },
      { text: 'naïve', start: 13, end: 18, rows: [6, 7, 8] },
    ]);
  });

  it('gives every row between start and end to one word, and the words are the prompt', () => {
    const tokenizer = tokenizerOf(12);
    const parts = fc.constantFrom('doctor', 'Nurse', 'zebra', 'naïve', 'x,y', '42', "it's", '…');
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (list) => {
        const prompt = list.join(' ');
        const words = tokenizer.words(prompt);
        const { eos } = tokenizer.encode(prompt);
        expect(words.flatMap(({ rows }) => rows)).toEqual(Array.from({ length: eos - 1 }, (_, i) => i + 1));
        expect(words.map(({ text }) => text).join('')).toBe(prompt.replaceAll(' ', ''));
        for (const { text, start, end } of words) expect(prompt.slice(start, end)).toBe(text);
      }),
    );
  });

  it('tells words that no training caption held, each once', () => {
    const tokenizer = tokenizerOf(77, ['a', 'photo', 'of', 'doctor', 'dark', 'skinned', 'zebra']);
    const { unknownWords } = tokenizer.report(
      "A photo of a dark-skinned Unicorn, a unicorn and a zebra's doctor",
    );
    expect(unknownWords).toEqual(['unicorn', 'and']);
    expect(tokenizerOf(77).report('unicorn').unknownWords).toEqual([]);
  });

  describe('with words that were learned later', () => {
    const learned = [{ token: '<fair-person>', ids: [900, 901] }];
    const config = { model_max_length: 16, eos_token: END, pad_token: END };
    const tokenizer = createPromptTokenizer(
      read('tokenizer.json'),
      read('tokenizer_config.json'),
      config,
      ['a', 'doctor'],
      learned,
    );
    const plain = tokenizerOf(16);

    it('gives each its rows, whatever its case, and everything else the ids it had', () => {
      const around = plain.encode('a doctor').ids;
      const { ids, eos } = tokenizer.encode('a <Fair-Person> doctor');
      expect(ids.slice(0, eos + 1)).toEqual([around[0], around[1], 900, 901, around[2], around[3]]);
      expect(tokenizer.encode('a<fair-person>doctor').ids).toEqual(ids);
      fc.assert(
        fc.property(fc.string({ maxLength: 40 }), (prompt) => {
          fc.pre(!prompt.toLowerCase().includes('<fair-person>'));
          expect(tokenizer.encode(prompt)).toEqual(plain.encode(prompt));
        }),
      );
    });

    it('tells where they stand, counts their rows and knows them', () => {
      const prompt = 'a <Fair-Person> doctor';
      expect(tokenizer.words(prompt)).toEqual([
        { text: 'a', start: 0, end: 1, rows: [1] },
        { text: '<Fair-Person>', start: 2, end: 15, rows: [2, 3] },
        { text: 'doctor', start: 16, end: 22, rows: [4] },
      ]);
      expect(tokenizer.report(prompt)).toMatchObject({ tokenCount: 6, unknownWords: [] });
      expect(plain.report(prompt).tokenCount).toBeGreaterThan(6);
    });
  });
});
