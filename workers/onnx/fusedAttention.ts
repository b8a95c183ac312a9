import type { Sources } from './attention';
import { createEdit, type GraphEdit } from './edit';
import type { Flow } from './flow';
import { type Node, type OnnxModel, readModel } from './model';
import type { Known } from './shapes';

/** One head's layout, [B, heads, rows, D], from [B, rows, heads, D] and back. */
const BY_HEAD = { perm: [0, 2, 1, 3] };

/**
 * Opens the cross-attentions that ONNX Runtime's optimizer has fused into com.microsoft.MultiHeadAttention: softmax(q k^T / sqrt(D)) v in
 * standard operators. Self-attentions stay fused, which is faster, and nobody looks into them; but those with packed operands, for which
 * there are kernels on GPUs only, are opened as well.
 * @param shapes of the model at a concrete size.
 * @returns the model itself where there is none that can be opened.
 */
export function withOpenAttention(
  model: OnnxModel,
  flow: Flow,
  shapes: ReadonlyMap<string, Known>,
  { sample, text }: Sources,
): OnnxModel {
  const edit = createEdit(model, flow, shapes);
  const isCross = ({ inputs }: Node) => text.has(inputs[1] ?? '') && !sample.has(inputs[1]!);
  const isPacked = ({ inputs }: Node) => inputs.some((input) => shapes.get(input)?.dims?.length === 5);
  const opened = model.graph.nodes.filter(
    (node) =>
      node.opType === 'MultiHeadAttention' &&
      (isCross(node) || isPacked(node)) &&
      openOne(node, edit, shapes),
  );
  for (const node of opened) edit.remove(node);
  return opened.length > 0 ? readModel(edit.write(), model.file.path) : model;
}

/** @returns whether it could be done: not with a padding mask, kept keys, or further outputs. */
function openOne(node: Node, edit: GraphEdit, shapes: ReadonlyMap<string, Known>): boolean {
  const { index, inputs, outputs, attributes } = node;
  const [query, key, value, bias, mask, added, ...past] = inputs as [string, ...(string | undefined)[]];
  const heads = attributes.get('num_heads')?.int;
  const [queryDims, keyDims] = [shapes.get(query)?.dims, shapes.get(key ?? '')?.dims];
  /** [B, rows, heads, 3, D] of all, or [B, rows, heads, 2, D] of keys and values. */
  const [all, packed] = [queryDims?.length === 5, keyDims?.length === 5];
  const width = all ? queryDims![2]! * queryDims![4]! : queryDims?.[2];
  const unusual =
    mask || past.some(Boolean) || outputs.slice(1).some(Boolean) || attributes.get('unidirectional')?.int;
  if (!heads || !width || (!all && !packed && !(key && value && keyDims)) || unusual) return false;
  const biasWidth = bias ? shapes.get(bias)?.dims?.[0] : 0;
  if (biasWidth === undefined) return false;

  const depth = width / heads;
  /** A part of the bias of all three projections, added. */
  const shifted = (tensor: string, from: number, to: number) =>
    bias
      ? edit.insert(index, 'Add', [
          tensor,
          edit.insert(index, 'Slice', [bias, edit.integers([from]), edit.integers([to])]),
        ])
      : tensor;
  /** [B, rows, heads * D] to [B, heads, rows, D]. */
  const byHead = (tensor: string) =>
    edit.insert(
      index,
      'Transpose',
      [edit.insert(index, 'Reshape', [tensor, edit.integers([0, 0, heads, -1])])],
      BY_HEAD,
    );
  const unpacked = (tensor: string, which: number) => {
    const one = edit.insert(index, 'Gather', [tensor, edit.integers([which])], { axis: 3 });
    return edit.insert(
      index,
      'Transpose',
      [edit.insert(index, 'Reshape', [one, edit.integers([0, 0, heads, depth])])],
      BY_HEAD,
    );
  };
  const other = (tensor: string, from: number, to: number) =>
    shapes.get(tensor)?.dims?.length === 4 ? tensor : byHead(shifted(tensor, from, to));

  const q = all ? unpacked(query, 0) : byHead(shifted(query, 0, width));
  const k = all ? unpacked(query, 1) : packed ? unpacked(key!, 0) : other(key!, width, 2 * width);
  const v = all ? unpacked(query, 2) : packed ? unpacked(key!, 1) : other(value!, 2 * width, biasWidth);
  const scale = attributes.get('scale')?.float || 1 / Math.sqrt(depth);
  const scaled = edit.insert(index, 'Mul', [q, edit.insertCastLike(index, edit.floats([scale]), query)]);
  const scores = edit.insert(index, 'MatMul', [
    scaled,
    edit.insert(index, 'Transpose', [k], { perm: [0, 1, 3, 2] }),
  ]);
  const biased = added ? edit.insert(index, 'Add', [scores, added]) : scores;
  const probabilities = edit.insert(index, 'Softmax', [biased], { axis: -1 });
  const mixed = edit.insert(index, 'MatMul', [probabilities, v]);
  const rows = edit.insert(index, 'Transpose', [mixed], BY_HEAD);
  edit.insert(index, 'Reshape', [rows, edit.integers([0, 0, -1])], {}, outputs[0]!);
  return true;
}
