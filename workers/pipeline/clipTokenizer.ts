import * as v from 'valibot';
import { corruptFile } from './fileErrors';

/** A CLIP tokenizer as older exports have it, vocab.json and merges.txt, in the form of a tokenizer.json. */

const START = '<|startoftext|>';
const END = '<|endoftext|>';
const vocabSchema = v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(0)));

/**
 * @param vocab parsed vocab.json: text to id. @param merges content of merges.txt, one pair a line behind a line of its version.
 * @returns what transformers' CLIPTokenizerFast makes of them (convert_slow_tokenizer.py, CLIPConverter).
 * @throws EvenhandError 'model-corrupt', naming the file and the line.
 */
export function clipTokenizer(
  vocab: unknown,
  merges: string,
  paths: { vocab: string; merges: string },
): object {
  const parsed = v.safeParse(vocabSchema, vocab, { abortEarly: true });
  if (!parsed.success) throw corruptFile(paths.vocab, v.summarize(parsed.issues));
  const ids = parsed.output;
  const idOf = (token: string) => {
    const id = ids[token];
    if (id === undefined) throw corruptFile(paths.vocab, `it has no ${token}`);
    return id;
  };
  const special = (content: string) => ({
    ...{ id: idOf(content), content, single_word: false, lstrip: false, rstrip: false },
    ...{ normalized: false, special: true },
  });
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    ...{ version: '1.0', truncation: null, padding: null },
    added_tokens: [special(START), special(END)],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: {
            Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+",
          },
          ...{ behavior: 'Removed', invert: true },
        },
        byteLevel,
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      ...{ sep: [END, idOf(END)], cls: [START, idOf(START)] },
      ...{ trim_offsets: false, add_prefix_space: false },
    },
    decoder: byteLevel,
    model: {
      ...{ type: 'BPE', dropout: null, unk_token: END, continuing_subword_prefix: '' },
      ...{ end_of_word_suffix: '</w>', fuse_unk: false, byte_fallback: false, ignore_merges: false },
      vocab: ids,
      merges: pairsOf(merges, ids, paths.merges),
    },
  };
}

function pairsOf(text: string, ids: Readonly<Record<string, number>>, path: string): [string, string][] {
  const pairs: [string, string][] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '' || (index === 0 && line.startsWith('#version'))) return;
    const [a, b, ...more] = line.trim().split(/\s+/);
    if (!a || !b || more.length > 0) throw corruptFile(path, `line ${index + 1} is no pair of tokens`);
    if (ids[a + b] === undefined) {
      throw corruptFile(path, `line ${index + 1} makes "${a + b}", which its vocab.json does not know`);
    }
    pairs.push([a, b]);
  });
  return pairs;
}
