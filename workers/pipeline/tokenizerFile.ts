import * as v from 'valibot';
import { EvenhandError } from '../../src/core/errors';
import { checkBpe } from './bpe';
import { clipTokenizer } from './clipTokenizer';
import { PATHS, parseJson, readConfig, textOf } from './config';
import { corruptFile } from './fileErrors';
import type { ModelFiles } from './files';

export interface TokenizerFile {
  /** A tokenizer.json, parsed and checked. */
  readonly json: object;
  /** One more than the highest id it gives. */
  readonly rows: number;
}

/** No text encoder has more rows, and none of CLIP's has more than 49408 of its own. */
const MOST_ROWS = 2 ** 20;
const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_ROWS - 1));
const pair = v.union([
  v.tuple([v.string(), v.string()]),
  // As tokenizers wrote them before version 0.20.
  v.pipe(
    v.string(),
    v.regex(/^\S+ \S+$/, 'Expected two tokens with a space between'),
    v.transform((text): [string, string] => text.split(' ') as [string, string]),
  ),
]);

const kindSchema = v.object({ model: v.object({ type: v.optional(v.string(), 'BPE') }) });

const fileSchema = v.looseObject({
  added_tokens: v.array(v.looseObject({ id, content: v.string() })),
  model: v.looseObject({
    vocab: v.record(v.string(), id),
    merges: v.array(pair),
    end_of_word_suffix: v.literal('</w>'),
  }),
});

/**
 * Reads tokenizer.json, or what vocab.json and merges.txt make together.
 * @throws EvenhandError 'model-corrupt' naming the file and what is wrong in it; 'model-unsupported' for one that is not CLIP's.
 */
export function readTokenizerFile(files: ModelFiles): TokenizerFile {
  const whole = files.has(PATHS.tokenizer) || !files.has(PATHS.vocab);
  const json = whole
    ? readConfig(files, PATHS.tokenizer, v.looseObject({}))
    : clipTokenizer(
        parseJson(files.bytes(PATHS.vocab), PATHS.vocab),
        textOf(files.bytes(PATHS.merges), PATHS.merges),
        PATHS,
      );
  const path = whole ? PATHS.tokenizer : PATHS.vocab;
  const kind = v.safeParse(kindSchema, json);
  if (kind.success && kind.output.model.type !== 'BPE') {
    throw new EvenhandError(
      'model-unsupported',
      `${path} is a ${kind.output.model.type} tokenizer; Stable Diffusion's is CLIP's, of the type BPE.`,
      'Choose a Stable Diffusion model, with the tokenizer that it was exported with.',
    );
  }
  const parsed = v.safeParse(fileSchema, json, { abortEarly: true });
  if (!parsed.success) throw corruptFile(path, v.summarize(parsed.issues));
  const { model, added_tokens } = parsed.output;
  checkBpe(model.vocab, model.merges, { vocab: path, merges: whole ? path : PATHS.merges });
  const ids = [...Object.values(model.vocab), ...added_tokens.map((token) => token.id)];
  return { json, rows: ids.reduce((most, one) => Math.max(most, one + 1), 0) };
}
