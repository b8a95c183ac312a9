import type { Row } from '../../src/core/linalg';
import type { Condition, MethodHost } from './method';

/** One row of a text embedding, length `width`; a view, not a copy. @param row 0 is the start token. */
export function rowOf({ k }: Condition, row: number): Row {
  const width = k.dims[1]!;
  return k.data.subarray(row * width, (row + 1) * width);
}

/** The rows of the first end-of-text token: where a prompt's meaning stands as a whole. */
export async function endRows(host: MethodHost, prompts: readonly string[]): Promise<Row[]> {
  return (await host.encode(prompts)).map((condition) => rowOf(condition, condition.eos));
}

/** The rows of the last word's last token: what UCE takes for a concept. The start row for the empty prompt. */
export async function lastWordRows(host: MethodHost, prompts: readonly string[]): Promise<Row[]> {
  return (await host.encode(prompts)).map((condition) => rowOf(condition, condition.eos - 1));
}
