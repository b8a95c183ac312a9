import { corruptFile } from './fileErrors';

/** CLIP's byte-level BPE: a vocabulary, and the pairs that are joined, first come first. */

export type Vocabulary = Readonly<Record<string, number>>;
export type Pair = readonly [string, string];

/**
 * Checks that a vocabulary and its merges are whole: every token is one byte, a special token in pointed brackets, or made by a merge
 * (openai/CLIP simple_tokenizer.py builds its vocabulary so). Merges that were cut off at the end of a line would else encode every
 * prompt to other ids, with no error.
 * @param paths of the files that they lie in.
 * @throws EvenhandError 'model-corrupt', naming the file and the token.
 */
export function checkBpe(vocab: Vocabulary, pairs: readonly Pair[], paths: BpePaths): void {
  const byId = new Map<number, string>();
  for (const [token, id] of Object.entries(vocab)) {
    const other = byId.get(id);
    if (other !== undefined) {
      throw corruptFile(paths.vocab, `its tokens "${other}" and "${token}" have the same id, ${id}`);
    }
    byId.set(id, token);
  }
  if (pairs.length === 0) throw corruptFile(paths.merges, 'it holds no merges');
  const made = new Set(pairs.map(([a, b]) => a + b));
  const unmade = [...byId.values()].find(
    (token) => [...token.replace(/<\/w>$/, '')].length > 1 && !/^<.*>$/.test(token) && !made.has(token),
  );
  if (unmade === undefined) return;
  throw corruptFile(
    paths.merges,
    `none of its ${pairs.length} merges makes "${unmade}", which ${paths.vocab} has: some are missing`,
  );
}

export interface BpePaths {
  readonly vocab: string;
  readonly merges: string;
}
