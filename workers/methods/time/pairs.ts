import type { EditPair } from '../../../src/core/linalg';
import { findPeople } from '../language';
import type { Condition, MethodHost } from '../method';
import { rowOf } from '../textRows';

/** The plain sentence, and the augmented ones of TIME's code. */
const SENTENCES = ['', 'a photo of ', 'an image of ', 'a picture of '];

/**
 * TIME's wishes for one edit: every token row of "a doctor" shall be to the attention what the same token's row of "a female doctor"
 * is (methods.md 5.4). @param source "a doctor". @param destination the same with words put before the noun, or the noun replaced.
 * @returns one pair per token and sentence.
 */
export async function timePairs(
  host: MethodHost,
  source: string,
  destination: string,
): Promise<readonly EditPair[]> {
  const pairs: EditPair[] = [];
  for (const sentence of SENTENCES) {
    const [from, to, before] = await host.encode([
      sentence + source,
      sentence + destination,
      textBeforeNoun(sentence + source),
    ]);
    align(from!, to!, before!.eos).forEach((token, i) => {
      pairs.push({ from: rowOf(from!, i), to: rowOf(to!, token) });
    });
  }
  return pairs;
}

/** "a photo of a" for "a photo of a doctor". */
function textBeforeNoun(text: string): string {
  const words = text.split(' ');
  return words.slice(0, findPeople(text)[0]?.start ?? words.length).join(' ');
}

/**
 * For each token of the source the token of the destination that it becomes: itself before the noun ("an" counts as "a"), its
 * shifted self from there on, and the last row once the shift runs out of rows.
 * @param noun the noun's first token, which is where the end token of the text before it stands.
 */
export function align(source: Condition, destination: Condition, noun: number): number[] {
  const last = destination.k.dims[0]! - 1;
  const shift = destination.eos - source.eos;
  return Array.from({ length: source.k.dims[0]! }, (_, i) => (i < noun ? i : Math.min(i + shift, last)));
}
