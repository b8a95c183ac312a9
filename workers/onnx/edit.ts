import { WireType } from '@bufbuild/protobuf/wire';
import { corruptFile } from '../pipeline/fileErrors';
import { type AttributeValue, attributeField, encodeNode, tensorAttribute, valueField } from './encode';
import type { Flow } from './flow';
import type { Node, OnnxModel } from './model';
import { DATA_TYPE, GRAPH, MODEL, NODE } from './schema';
import type { Known } from './shapes';
import { bytesField, join, message, stringField } from './wire';

type Attributes = Readonly<Record<string, AttributeValue>>;

/** Additions to a graph, collected and then written in one go. Nothing of the model read is changed. */
export interface GraphEdit {
  /** That name, or where the graph has it already, one like it that is free. */
  free(name: string): string;
  addInput(name: string, type: number, dims: readonly (number | string)[]): void;
  /** Makes a tensor an output under that name, as float32. */
  addOutput(name: string, tensor: string, dims: readonly (number | string)[]): void;
  /** @returns the name of a constant vector, int64. */
  integers(values: readonly number[]): string;
  /** @returns the name of a constant vector, float32. */
  floats(values: readonly number[]): string;
  /**
   * Inserts a standard operator with one output right behind a node of the graph, or behind earlier insertions there.
   * @param after index of that node; -1 for the beginning.
   * @param output the name of the output, where it takes the place of one that was removed.
   * @returns the name of the output.
   */
  insert(
    after: number,
    opType: string,
    inputs: readonly string[],
    attributes?: Attributes,
    output?: string,
  ): string;
  /** Like insert, for reductions, whose axes moved from an attribute to an input in opset 18. */
  insertReduce(
    after: number,
    opType: 'Mean' | 'Max' | 'L2',
    input: string,
    axis: number,
    keep: boolean,
  ): string;
  /** A cast behind that node, where the tensor is not known to be of that type already. */
  insertCast(after: number, input: string, type: number): string;
  /** A cast to the type of another tensor, where it is needed. */
  insertCastLike(after: number, input: string, like: string): string;
  /** Lets a copy of a node run right behind it on other inputs. @returns the names of the copy's outputs. */
  copy(node: Node, renamed: ReadonlyMap<string, string>): readonly string[];
  /** Leaves a node out; its outputs have to be made by insertions. */
  remove(node: Node): void;
  /** Lets a node read other tensors in place of those it reads now. */
  rewire(node: Node, renamed: ReadonlyMap<string, string>): void;
  /** Lets everything that reads a tensor read another one instead, the graph's outputs excepted. */
  redirect(tensor: string, replacement: string): void;
  write(): Uint8Array;
}

/** Protobuf messages end at 2 GiB. */
const BYTES_AT_MOST = 2 ** 31 - 1;

export function createEdit(model: OnnxModel, flow: Flow, shapes: ReadonlyMap<string, Known>): GraphEdit {
  const { graph, opset } = model;
  const taken = new Set([
    ...graph.initializers.keys(),
    ...[...graph.inputs, ...graph.outputs].map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const types = new Map<string, number | undefined>();
  const constants = new Map<string, string>();
  const inserted = new Map<number, Uint8Array[]>();
  const rewired = new Map<Node, Map<string, string>>();
  const removed = new Set<Node>();
  const ends: Uint8Array[] = [];

  function free(wanted: string): string {
    let name = wanted;
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  }

  function place(after: number, node: Uint8Array) {
    const there = inserted.get(after);
    if (there) there.push(node);
    else inserted.set(after, [node]);
  }

  function insertAs(
    output: string,
    after: number,
    opType: string,
    inputs: readonly string[],
    attributes: Attributes,
  ) {
    place(
      after,
      message((writer) => {
        for (const input of inputs) writer.raw(stringField(NODE.input, input));
        writer.raw(stringField(NODE.output, output)).raw(stringField(NODE.name, output));
        writer.raw(stringField(NODE.opType, opType));
        for (const [name, value] of Object.entries(attributes)) writer.raw(attributeField(name, value));
      }),
    );
    return output;
  }

  function constant(values: readonly number[], type: number): string {
    const key = `${type}: ${values.join()}`;
    const known = constants.get(key);
    if (known) return known;
    const name = free('evenhand/constant');
    place(
      -1,
      message((writer) => {
        writer.raw(stringField(NODE.output, name)).raw(stringField(NODE.opType, 'Constant'));
        writer.raw(tensorAttribute('value', values, type));
      }),
    );
    constants.set(key, name);
    types.set(name, type);
    return name;
  }

  const typeOf = (tensor: string) => types.get(tensor) ?? shapes.get(tensor)?.type;

  const edit: GraphEdit = {
    free,
    addInput(name, type, dims) {
      types.set(name, type);
      ends.push(valueField(GRAPH.input, name, type, dims));
    },
    addOutput(name, tensor, dims) {
      const isFloat = typeOf(tensor) === DATA_TYPE.float;
      const last = graph.nodes.length - 1;
      insertAs(name, last, isFloat ? 'Identity' : 'Cast', [tensor], isFloat ? {} : { to: DATA_TYPE.float });
      ends.push(valueField(GRAPH.output, name, DATA_TYPE.float, dims));
    },
    integers: (values) => constant(values, DATA_TYPE.int64),
    floats: (values) => constant(values, DATA_TYPE.float),
    insert(after, opType, inputs, attributes = {}, name = free(`evenhand/${opType}`)) {
      const output = insertAs(name, after, opType, inputs, attributes);
      types.set(output, opType === 'Shape' ? DATA_TYPE.int64 : typeOf(inputs[0]!));
      return output;
    },
    insertReduce(after, opType, input, axis, keep) {
      const keepdims = keep ? 1 : 0;
      return opset < 18
        ? edit.insert(after, `Reduce${opType}`, [input], { axes: [axis], keepdims })
        : edit.insert(after, `Reduce${opType}`, [input, edit.integers([axis])], { keepdims });
    },
    insertCast(after, input, type) {
      if (typeOf(input) === type) return input;
      const output = edit.insert(after, 'Cast', [input], { to: type });
      types.set(output, type);
      return output;
    },
    insertCastLike: (after, input, like) => edit.insertCast(after, input, typeOf(like) ?? DATA_TYPE.float),
    copy(node, renamed) {
      const outputs = node.outputs.map((output) => output && free(`evenhand/${output}`));
      const fresh = new Map(node.outputs.map((output, index) => [output, outputs[index]!]));
      node.outputs.forEach((output, index) => {
        types.set(outputs[index]!, typeOf(output));
      });
      place(node.index, encodeNode(node, renamed, fresh));
      return outputs;
    },
    remove(node) {
      removed.add(node);
    },
    rewire(node, renamed) {
      rewired.set(node, new Map([...(rewired.get(node) ?? []), ...renamed]));
    },
    redirect(tensor, replacement) {
      for (const node of flow.consumers(tensor)) edit.rewire(node, new Map([[tensor, replacement]]));
    },
    write() {
      const nodes = (after: number) =>
        (inserted.get(after) ?? []).map((node) => bytesField(GRAPH.node, node));
      const parts = nodes(-1);
      let index = 0;
      for (const field of graph.fields) {
        if (field.number !== GRAPH.node) {
          parts.push(field.raw);
          continue;
        }
        // Nodes take the places of the nodes in the file, in an order of execution.
        const node = graph.nodes[index]!;
        const renamed = rewired.get(node);
        if (!removed.has(node)) {
          parts.push(renamed ? bytesField(GRAPH.node, encodeNode(node, renamed)) : node.raw);
        }
        parts.push(...nodes(index));
        index++;
      }
      parts.push(...ends);
      return writeModel(model, parts);
    },
  };
  return edit;
}

/** The model with other fields in its graph. @throws EvenhandError 'model-corrupt' beyond the format's 2 GiB. */
export function writeModel({ fields, file }: OnnxModel, graph: readonly Uint8Array[]): Uint8Array {
  const length = graph.reduce((sum, part) => sum + part.length, 0);
  if (length > BYTES_AT_MOST) {
    throw corruptFile(
      file.path,
      'with its weights inside it is longer than the 2 GiB that the format allows',
    );
  }
  const head = message((writer) => writer.tag(MODEL.graph, WireType.LengthDelimited).uint32(length));
  return join(fields.flatMap((field) => (field.number === MODEL.graph ? [head, ...graph] : [field.raw])));
}
