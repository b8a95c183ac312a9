import { Tokenizer } from '@huggingface/tokenizers';
import { EvenhandError } from '../../src/core/errors';
import type { PromptWord } from '../methods/method';
import type { PromptReport } from '../protocol';
import { PATHS, type TokenizerConfig } from './config';
import { corruptFile } from './fileErrors';

export interface Tokens {
  /** Exactly maxTokens ids: start, the prompt, end, padding. */
  readonly ids: readonly number[];
  /** Position of the first end-of-text token. */
  readonly eos: number;
}

/** A word that was learned later, and the rows of the token table that it stands for. */
export interface LearnedToken {
  /** As it stands in a prompt, lower case: "<fair-person>". */
  readonly token: string;
  readonly ids: readonly number[];
}

export interface PromptTokenizer {
  readonly maxTokens: number;
  encode(prompt: string): Tokens;
  report(prompt: string): PromptReport;
  words(prompt: string): readonly PromptWord[];
}

/**
 * A CLIP tokenizer as Stable Diffusion uses it. @huggingface/tokenizers neither cuts nor pads, so that is done here:
 * a prompt that is too long loses its tail but keeps its end token, as transformers' CLIPTokenizer does.
 * @param json parsed tokenizer.json; @param rawConfig parsed tokenizer_config.json; @param vocabulary known words, lower case.
 * @param learned each is one word of a prompt, wherever it stands, whatever its case.
 */
export function createPromptTokenizer(
  json: object,
  rawConfig: object,
  config: TokenizerConfig,
  vocabulary: readonly string[] | undefined,
  learned: readonly LearnedToken[] = [],
): PromptTokenizer {
  const tokenizer = built(json, rawConfig);
  const maxTokens = config.model_max_length;
  const eosId = idOf(tokenizer, config.eos_token);
  const sample = tokenizer.encode('a').ids;
  if (sample.length !== 3 || sample[2] !== eosId) {
    throw unusable(`it makes ${sample.length} tokens of "a", not a start, a word and ${config.eos_token}`);
  }
  const padId = idOf(tokenizer, config.pad_token ?? config.eos_token);
  const known = vocabulary && new Set(vocabulary.map((word) => word.toLowerCase()));
  const split = splitter(learned);

  /** Ids of a prompt with start and end, and the text that each stands for. */
  function pieces(prompt: string): Pieces {
    if (learned.length === 0) return tokenizer.encode(prompt);
    const empty = tokenizer.encode('');
    const inner = split(prompt).map((part): Pieces => {
      if (typeof part !== 'string') return { ids: part.ids, tokens: textsOf(part) };
      const { ids, tokens } = tokenizer.encode(part);
      return { ids: ids.slice(1, -1), tokens: tokens.slice(1, -1) };
    });
    const around = <T>([start, end]: readonly T[], between: readonly T[]) => [start!, ...between, end!];
    return {
      ids: around(
        empty.ids,
        inner.flatMap(({ ids }) => ids),
      ),
      tokens: around(
        empty.tokens,
        inner.flatMap(({ tokens }) => tokens),
      ),
    };
  }

  function encode(prompt: string): Tokens {
    const all = pieces(prompt).ids;
    const kept = all.length > maxTokens ? [...all.slice(0, maxTokens - 1), eosId] : all;
    const eos = kept.length - 1;
    return { ids: [...kept, ...new Array<number>(maxTokens - kept.length).fill(padId)], eos };
  }

  function report(prompt: string): PromptReport {
    const { ids, tokens } = pieces(prompt);
    const plain = split(prompt).filter((part) => typeof part === 'string');
    return {
      tokenCount: ids.length,
      maxTokens,
      cutText: ids.length > maxTokens ? cutAfter(prompt, tokens.slice(1, maxTokens - 1)) : '',
      unknownWords: known ? unknownWords(plain.join(' '), known) : [],
    };
  }

  function words(prompt: string): PromptWord[] {
    // Row 0 is the start token's, and the last that can be a word's is before the end token's.
    const texts = pieces(prompt).tokens.slice(1, -1);
    return wordsOf(prompt, texts).map((word) => ({
      ...word,
      rows: word.rows.filter((row) => row < maxTokens - 1),
    }));
  }

  return { maxTokens, encode, report, words };
}

interface Pieces {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
}

/** The last of a learned token's rows ends its word, as the last piece of any word does. */
function textsOf({ token, ids }: LearnedToken): string[] {
  return ids.map((_, i) => (i === ids.length - 1 ? `${token}</w>` : ''));
}

/** @returns cuts a prompt into learned tokens and the text between them. */
function splitter(learned: readonly LearnedToken[]): (prompt: string) => readonly (string | LearnedToken)[] {
  if (learned.length === 0) return (prompt) => [prompt];
  const byText = new Map(learned.map((one) => [one.token, one]));
  const escaped = [...byText.keys()].map((token) => token.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(${escaped.join('|')})`, 'iu');
  return (prompt) => prompt.split(pattern).map((part) => byText.get(part.toLowerCase()) ?? part);
}

/**
 * Where each word of a prompt stands in it, and which of its tokens are that word's. A word is what byte-level BPE ends with
 * "</w>": letters, one digit, or a run of marks.
 * @param tokens of the prompt, without start and end. @returns rows from 1, behind the start token's.
 */
export function wordsOf(prompt: string, tokens: readonly string[]): PromptWord[] {
  const utf8 = new TextEncoder();
  const text = prompt.normalize('NFC');
  const characters = [...text];
  const words: PromptWord[] = [];
  let [next, end] = [0, 0];
  let rows: number[] = [];
  let bytes = 0;
  tokens.forEach((token, index) => {
    rows.push(index + 1);
    bytes += [...token.replace(/<\/w>$/, '')].length;
    if (!token.endsWith('</w>')) return;
    while (next < characters.length && /\s/u.test(characters[next]!)) end += characters[next++]!.length;
    const start = end;
    while (bytes > 0 && next < characters.length) {
      bytes -= utf8.encode(characters[next]!.toLowerCase()).length;
      end += characters[next++]!.length;
    }
    words.push({ text: text.slice(start, end), start, end, rows });
    [rows, bytes] = [[], 0];
  });
  return words;
}

/**
 * The text that is left when these tokens are taken from its start. Byte-level BPE writes every byte as one character and
 * marks the end of a word by "</w>", so the tokens' lengths say how many bytes of the text, without its spaces, they cover.
 */
export function cutAfter(prompt: string, tokens: readonly string[]): string {
  const utf8 = new TextEncoder();
  let covered = tokens.reduce((sum, text) => sum + [...text.replace(/<\/w>$/, '')].length, 0);
  let offset = 0;
  const text = prompt.normalize('NFC');
  for (const character of text) {
    if (!/\s/u.test(character)) {
      if (covered <= 0) break;
      covered -= utf8.encode(character.toLowerCase()).length;
    }
    offset += character.length;
  }
  return text.slice(offset).trim();
}

function unknownWords(prompt: string, known: ReadonlySet<string>): string[] {
  const words =
    prompt
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu) ?? [];
  const isKnown = (word: string) =>
    known.has(word) || word.split(/['’-]/u).every((part) => part === '' || part === 's' || known.has(part));
  return [...new Set(words)].filter((word) => !isKnown(word));
}

/** The library's own errors are about its code, not about the file. */
function built(json: object, rawConfig: object): Tokenizer {
  try {
    const tokenizer = new Tokenizer(json, rawConfig);
    tokenizer.encode('a');
    return tokenizer;
  } catch (cause) {
    throw unusable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

const unusable = (why: string, options?: ErrorOptions) =>
  corruptFile(
    PATHS.tokenizer,
    `no tokenizer can be made of it and its tokenizer_config.json (${why})`,
    options,
  );

function idOf(tokenizer: Tokenizer, text: string): number {
  const id = tokenizer.token_to_id(text);
  if (id !== undefined) return id;
  throw new EvenhandError(
    'model-corrupt',
    `The tokenizer has no token ${text}, which its own configuration names.`,
    'Get the model again from its source; its tokenizer files do not belong together.',
  );
}
