import type { CrossAttention, Dissection } from './anatomy';
import type { GraphEdit } from './edit';
import { DATA_TYPE } from './schema';

/** Where one cross-attention's map lies in the last axis of the maps' output. */
export interface ProbedLayer {
  /** Index in UnetAnatomy.crossAttentions. */
  readonly layer: number;
  /** First element, and rows times columns elements from there, row by row. */
  readonly offset: number;
  readonly height: number;
  readonly width: number;
}

export interface ProbePorts {
  /** int64 [P]: rows of the text, 0 .. T - 1; the same for every sample of the batch. P is at least 1. */
  readonly tokens: string;
  /** float32 [B, P, sum of height * width]: probabilities averaged over heads, layer after layer. */
  readonly maps: string;
  readonly layers: readonly ProbedLayer[];
}

/**
 * Adds the attention that chosen text rows get. All layers come as one output in their own sizes: one read from the GPU
 * instead of one per layer, and nothing is lost to resizing, which block voting wants to do after normalising each layer
 * by itself. Columns are gathered before heads are averaged, so that P / T of the maps is touched.
 */
export function addProbes(dissection: Dissection, edit: GraphEdit, layers: readonly number[]): ProbePorts {
  const { model, crossAttentions } = dissection;
  const last = model.graph.nodes.length - 1;
  const tokens = edit.free('probe_tokens');
  edit.addInput(tokens, DATA_TYPE.int64, ['probe_count']);
  const places: ProbedLayer[] = [];
  let offset = 0;
  const maps = layers.map((layer) => {
    const attention = crossAttentions[layer];
    if (!attention)
      throw new RangeError(`There is no cross-attention ${layer} of ${crossAttentions.length}.`);
    const { height, width } = attention.info;
    places.push({ layer, offset, height, width });
    offset += height * width;
    return columns(attention, dissection, tokens, edit);
  });
  const joined = edit.insert(last, 'Concat', maps, { axis: 2 });
  const output = edit.free('probe_maps');
  edit.addOutput(output, joined, ['batch', 'probe_count', 'probe_pixels']);
  return { tokens, maps: output, layers: places };
}

/** @returns the name of [B, P, N]: one attention's columns, averaged over heads. */
function columns(
  { pattern, info }: CrossAttention,
  { flow, shapes }: Dissection,
  tokens: string,
  edit: GraphEdit,
) {
  const after = flow.producer(pattern.probabilities)!.index;
  // [.., N, T] to [.., N, P].
  const picked = edit.insert(after, 'Gather', [pattern.probabilities, tokens], {
    axis: (shapes.get(pattern.probabilities)?.dims?.length ?? 0) - 1,
  });
  const exact = edit.insertCast(after, picked, DATA_TYPE.float);
  const byHead = shapes.get(pattern.probabilities)?.dims?.length === 4 ? exact : splitHeads(exact);
  const mean = edit.insertReduce(after, 'Mean', byHead, 1, false);
  return edit.insert(after, 'Transpose', [mean], { perm: [0, 2, 1] });

  /** [B * heads, N, P] to [B, heads, N, P], whatever N and P are. */
  function splitHeads(tensor: string): string {
    const whole = edit.insert(after, 'Shape', [tensor]);
    const rest = edit.insert(after, 'Slice', [whole, edit.integers([1]), edit.integers([3])]);
    const wanted = edit.insert(after, 'Concat', [edit.integers([-1, info.heads]), rest], { axis: 0 });
    return edit.insert(after, 'Reshape', [tensor, wanted]);
  }
}
