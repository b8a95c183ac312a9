import { EvenhandError } from '../../src/core/errors';
import type { Condition } from '../methods/method';
import type { Graph } from '../runtime/runtime';
import type { PromptTokenizer } from './tokenizer';

export interface TextEncoder {
  /** One condition per prompt; k and v are the same [tokens, width] tensor. */
  encode(prompts: readonly string[]): Promise<readonly Condition[]>;
}

/** Encodings of this many prompts are kept; SD 1.x needs 240 kB for one. */
const KEPT = 64;

/**
 * Encodes one prompt at a time and remembers it: every lane then gets the very same rows, whatever else was encoded
 * beside them, which is what makes an identity lane bit-equal to the base lane.
 */
export function createTextEncoder(graph: Pick<Graph, 'run'>, tokenizer: PromptTokenizer): TextEncoder {
  const known = new Map<string, Condition>();

  async function encodeOne(prompt: string): Promise<Condition> {
    const seen = known.get(prompt);
    if (seen) return seen;
    const { ids, eos } = tokenizer.encode(prompt);
    const outputs = await graph.run({ input_ids: { numbers: ids, dims: [1, ids.length] } });
    // Named so by every exporter; where not, the rows are told from the pooled vector by their shape.
    const hidden = outputs.last_hidden_state ?? Object.values(outputs).find(({ dims }) => dims.length === 3);
    if (hidden?.dims.length !== 3) {
      throw new EvenhandError(
        'model-unsupported',
        'The text encoder gives no last_hidden_state of shape [batch, tokens, width].',
        'Export the model in the diffusers layout.',
      );
    }
    const rows = { data: hidden.data, dims: hidden.dims.slice(1) };
    const condition: Condition = { prompt, k: rows, v: rows, eos };
    const oldest = known.keys().next();
    if (known.size >= KEPT && !oldest.done) known.delete(oldest.value);
    known.set(prompt, condition);
    return condition;
  }

  return {
    async encode(prompts) {
      const conditions: Condition[] = [];
      for (const prompt of prompts) conditions.push(await encodeOne(prompt));
      return conditions;
    },
  };
}
