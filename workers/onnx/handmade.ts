import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { DATA_TYPE, GRAPH, MODEL, NODE, OPSET, TENSOR, TENSOR_TYPE, TYPE, VALUE } from './schema';
import { bytesField, integerField, join, stringField } from './wire';

/** Small ONNX models made by hand, for tests of what no exporter writes. */

export interface HandmadeNode {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface Handmade {
  readonly nodes?: readonly HandmadeNode[];
  /** Rank by name; float32 with free dimensions. */
  readonly inputs?: Readonly<Record<string, number>>;
  readonly outputs?: readonly string[];
  readonly initializers?: readonly Uint8Array[];
}

export function node({ op, domain, inputs, outputs }: HandmadeNode): Uint8Array {
  return join([
    ...inputs.map((name) => stringField(NODE.input, name)),
    ...outputs.map((name) => stringField(NODE.output, name)),
    stringField(NODE.opType, op),
    ...(domain ? [stringField(NODE.domain, domain)] : []),
  ]);
}

/** A TensorProto of float32. */
export function weights(name: string, dims: readonly number[], raw: Uint8Array): Uint8Array {
  return join([
    ...dims.map((dim) => integerField(TENSOR.dims, dim)),
    integerField(TENSOR.dataType, DATA_TYPE.float),
    stringField(TENSOR.name, name),
    bytesField(TENSOR.rawData, raw),
  ]);
}

function value(name: string, rank: number): Uint8Array {
  const empty = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(new Uint8Array(0)).finish();
  const shape = join(Array.from({ length: rank }, () => empty));
  const tensor = join([
    integerField(TENSOR_TYPE.elementType, DATA_TYPE.float),
    bytesField(TENSOR_TYPE.shape, shape),
  ]);
  return join([stringField(VALUE.name, name), bytesField(VALUE.type, bytesField(TYPE.tensor, tensor))]);
}

export function handmade({ nodes = [], inputs = {}, outputs = [], initializers = [] }: Handmade): Uint8Array {
  const graph = join([
    ...nodes.map((made) => bytesField(GRAPH.node, node(made))),
    ...initializers.map((tensor) => bytesField(GRAPH.initializer, tensor)),
    ...Object.entries(inputs).map(([name, rank]) => bytesField(GRAPH.input, value(name, rank))),
    ...outputs.map((name) => bytesField(GRAPH.output, value(name, 4))),
  ]);
  return join([
    integerField(1, 8),
    bytesField(MODEL.graph, graph),
    bytesField(MODEL.opset, integerField(OPSET.version, 17)),
  ]);
}
