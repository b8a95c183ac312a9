import { WireType } from '@bufbuild/protobuf/wire';
import { writeModel } from '../onnx/edit';
import { attributeField, encodeNode } from '../onnx/encode';
import type { Flow } from '../onnx/flow';
import type { Node, OnnxModel } from '../onnx/model';
import { GRAPH, NODE, TENSOR } from '../onnx/schema';
import { bytesField, fieldOf, integerField, message, readFields, stringField, stringOf } from '../onnx/wire';

export interface StoredWeight {
  readonly dims: readonly number[];
  /** Little-endian, row-major. */
  readonly raw: Uint8Array;
  /** TensorProto.DataType of `raw`. */
  readonly type: number;
}

export interface Replacement {
  readonly node: Node;
  /** Which of its inputs is the weight. */
  readonly input: number;
  readonly weight: StoredWeight;
  /** TensorProto.DataType that the node reads; a Cast stands between where it is another. */
  readonly type: number;
}

/** The model with other weights for some nodes; what only the old ones were made of is left out, the rest is kept byte for byte. */
export function replaceWeights(
  model: OnnxModel,
  flow: Flow,
  replacements: readonly Replacement[],
): Uint8Array {
  const { graph, file } = model;
  const renamed = new Map<Node, { input: number; name: string }>();
  const casts: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];
  const taken = new Set([
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]),
  ]);
  for (const [i, { node, input, weight, type }] of replacements.entries()) {
    let name = `evenhand/delta_${i}`;
    while (taken.has(name)) name += '_';
    renamed.set(node, { input, name });
    const cast = weight.type !== type;
    const tensor = cast ? `${name}_fp16` : name;
    initializers.push(initializerField(tensor, weight));
    if (cast) casts.push(castField(tensor, name, type));
  }
  const dead = unread(model, flow, renamed);
  // Nodes take the places of the nodes in the file, in an order of execution.
  const parts = [...casts];
  let index = 0;
  for (const field of graph.fields) {
    if (field.number === GRAPH.node) {
      const node = graph.nodes[index++]!;
      const found = renamed.get(node);
      if (found) {
        const names = new Map([[node.inputs[found.input]!, found.name]]);
        parts.push(bytesField(GRAPH.node, encodeNode(node, names)));
      } else if (!node.outputs.every((output) => dead.has(output))) parts.push(node.raw);
    } else if (field.number === GRAPH.initializer) {
      const name = fieldOf(readFields(field.value, file), TENSOR.name);
      if (!name || !dead.has(stringOf(name, file))) parts.push(field.raw);
    } else parts.push(field.raw);
  }
  return writeModel(model, [...parts, ...initializers]);
}

/** Tensors that only the weights replaced were made of. Nothing else reads them, and they would be half of the file. */
function unread(
  { graph, file }: OnnxModel,
  flow: Flow,
  renamed: ReadonlyMap<Node, { readonly input: number }>,
): Set<string> {
  const dead = new Set<string>();
  const declared = new Set(
    graph.fields
      .filter(({ number }) => number === GRAPH.input || number === GRAPH.output)
      .map(({ value }) => stringOf(fieldOf(readFields(value, file), 1)!, file)),
  );
  const visit = (tensor: string) => {
    if (tensor === '' || declared.has(tensor) || dead.has(tensor)) return;
    const isRead = flow.consumers(tensor).some((node) => {
      const replaced = renamed.get(node)?.input === node.inputs.indexOf(tensor);
      return !replaced && !node.outputs.every((output) => dead.has(output));
    });
    if (isRead) return;
    dead.add(tensor);
    for (const input of flow.producer(tensor)?.inputs ?? []) visit(input);
  };
  for (const [node, { input }] of renamed) visit(node.inputs[input]!);
  return dead;
}

function initializerField(name: string, { dims, raw, type }: StoredWeight): Uint8Array {
  const tensor = message((writer) => {
    for (const dim of dims) writer.raw(integerField(TENSOR.dims, dim));
    writer.raw(integerField(TENSOR.dataType, type)).raw(stringField(TENSOR.name, name));
    writer.tag(TENSOR.rawData, WireType.LengthDelimited).bytes(raw);
  });
  return bytesField(GRAPH.initializer, tensor);
}

function castField(input: string, output: string, to: number): Uint8Array {
  return bytesField(
    GRAPH.node,
    message((writer) => {
      writer.raw(stringField(NODE.input, input)).raw(stringField(NODE.output, output));
      writer.raw(stringField(NODE.name, output)).raw(stringField(NODE.opType, 'Cast'));
      writer.raw(attributeField('to', to));
    }),
  );
}
