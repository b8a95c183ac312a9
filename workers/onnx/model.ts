import { EvenhandError } from '../../src/core/errors';
import { corruptFile } from '../pipeline/fileErrors';
import { type Attribute, inOrder, type NodeInFile } from './order';
import { ATTRIBUTE, DIM, GRAPH, MODEL, NODE, OPSET, SHAPE, SPARSE, TENSOR_TYPE, TYPE, VALUE } from './schema';
import { readTensor, type StoredTensor } from './tensor';
import {
  bytesOf,
  type Field,
  fieldOf,
  fieldsOf,
  floatsOf,
  integerOf,
  integersOf,
  type OnnxFile,
  readFields,
  stringOf,
} from './wire';

export interface Node extends NodeInFile {
  /** Place in an order of execution: the file's own, where that is one. */
  readonly index: number;
}

/** An input or output of the graph. */
export interface GraphValue {
  readonly name: string;
  /** TensorProto.DataType; 0 when it is no tensor. */
  readonly type: number;
  /** Free dimensions have a name, or '' where they have not even that. Undefined when not stated. */
  readonly dims: readonly (number | string)[] | undefined;
  readonly field: Field;
}

/** A ModelProto with its graph looked into; weights and everything unknown still lie in the file. */
export interface OnnxModel {
  readonly file: OnnxFile;
  readonly fields: readonly Field[];
  /** Version of the standard operators. */
  readonly opset: number;
  readonly graph: {
    readonly fields: readonly Field[];
    readonly nodes: readonly Node[];
    readonly initializers: ReadonlyMap<string, StoredTensor>;
    /** Without those that are initializers with a default to override. */
    readonly inputs: readonly GraphValue[];
    readonly outputs: readonly GraphValue[];
  };
}

const NODES_AT_MOST = 200_000;

/**
 * Reads everything of an ONNX file but its weights, of which no byte is copied.
 * @throws EvenhandError 'model-corrupt' when the bytes are no ONNX model, are cut off, or contradict themselves.
 */
export function readModel(bytes: Uint8Array, path: string): OnnxModel {
  const file: OnnxFile = { path, bytes };
  refuseOtherFormats(file);
  const fields = readFields(bytes, file);
  const graphs = fieldsOf(fields, MODEL.graph);
  if (graphs.length !== 1) {
    throw corruptFile(path, graphs.length === 0 ? 'it holds no graph' : `it holds ${graphs.length} graphs`);
  }
  const graphFields = readFields(bytesOf(graphs[0]!, file), file);
  const nodeFields = fieldsOf(graphFields, GRAPH.node);
  if (nodeFields.length > NODES_AT_MOST) {
    throw corruptFile(path, `its graph has ${nodeFields.length} nodes, which no model has`);
  }
  const initializers = readInitializers(graphFields, file);
  const values = (number: number) =>
    fieldsOf(graphFields, number).map((field) => readGraphValue(field, file));
  const inputs = values(GRAPH.input).filter(({ name }) => !initializers.has(name));
  const outputs = values(GRAPH.output);
  const given = [
    ...initializers.keys(),
    ...sparseNames(graphFields, file),
    ...inputs.map(({ name }) => name),
  ];
  const inFile = nodeFields.map((field) => readNode(field, file));
  const nodes = inOrder(inFile, given, path).map((node, index) => ({ ...node, index }));
  const made = new Set([...given, ...nodes.flatMap((node) => node.outputs)]);
  const missing = outputs.find(({ name }) => !made.has(name));
  if (missing) throw corruptFile(path, `nothing makes its output "${missing.name}"`);
  return {
    file,
    fields,
    opset: readOpset(fields, file),
    graph: { fields: graphFields, nodes, initializers, inputs, outputs },
  };
}

/** What people load by mistake; ONNX itself begins with no mark of its own. */
const OTHER_FORMATS: readonly (readonly [start: string, what: string])[] = [
  ['PK\u0003\u0004', 'a zip archive'],
  ['version https://git-lfs', 'a Git LFS pointer: the address was fetched without its large files'],
  ['<', 'a web page'],
  ['{', 'a JSON file'],
  ['\u0080\u0002', 'a Python pickle'],
];

/** @throws EvenhandError 'model-corrupt' for what people load by mistake. */
export function refuseOtherFormats({ bytes, path }: OnnxFile) {
  if (bytes.length === 0) throw corruptFile(path, 'it is empty');
  const start = String.fromCharCode(...bytes.subarray(0, 32)).trimStart();
  const other = OTHER_FORMATS.find(([mark]) => start.startsWith(mark));
  if (!other) return;
  throw new EvenhandError(
    'model-corrupt',
    `The file ${path} is not an ONNX model but ${other[1]}.`,
    'Load the model folder of an ONNX export, with every file whole.',
  );
}

function readOpset(fields: readonly Field[], file: OnnxFile): number {
  for (const field of fieldsOf(fields, MODEL.opset)) {
    const parts = readFields(bytesOf(field, file), file);
    const domain = text(parts, OPSET.domain, file);
    const version = fieldOf(parts, OPSET.version);
    if (version && isStandard(domain)) return integerOf(version, file);
  }
  throw corruptFile(file.path, 'it does not say which version of the operators it uses');
}

/** Whether a node or an opset is of ONNX itself. */
export function isStandard(domain: string): boolean {
  return domain === '' || domain === 'ai.onnx';
}

function text(fields: readonly Field[], number: number, file: OnnxFile): string {
  const field = fieldOf(fields, number);
  return field ? stringOf(field, file) : '';
}

function readNode(field: Field, file: OnnxFile): NodeInFile {
  const fields = readFields(bytesOf(field, file), file);
  const names = (number: number) => fieldsOf(fields, number).map((name) => stringOf(name, file));
  const attributes = fieldsOf(fields, NODE.attribute).map((attribute) => readAttribute(attribute, file));
  return {
    domain: text(fields, NODE.domain, file),
    opType: text(fields, NODE.opType, file),
    inputs: names(NODE.input),
    outputs: names(NODE.output),
    attributes: new Map(attributes),
    fields,
    raw: field.raw,
  };
}

function readAttribute(field: Field, file: OnnxFile): [name: string, attribute: Attribute] {
  const fields = readFields(bytesOf(field, file), file);
  const int = fieldOf(fields, ATTRIBUTE.i);
  const float = fieldOf(fields, ATTRIBUTE.f);
  const tensor = fieldOf(fields, ATTRIBUTE.t);
  const ints = fieldsOf(fields, ATTRIBUTE.ints);
  return [
    text(fields, ATTRIBUTE.name, file),
    {
      ...(int && { int: integerOf(int, file) }),
      ...(float && { float: floatsOf(float, file)[0] ?? 0 }),
      ...(ints.length > 0 && { ints: ints.flatMap((part) => integersOf(part, file)) }),
      ...(tensor && { tensor: readTensor(bytesOf(tensor, file), file) }),
    },
  ];
}

function readInitializers(fields: readonly Field[], file: OnnxFile): Map<string, StoredTensor> {
  const tensors = fieldsOf(fields, GRAPH.initializer).map((field) => readTensor(bytesOf(field, file), file));
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}

function sparseNames(fields: readonly Field[], file: OnnxFile): string[] {
  return fieldsOf(fields, GRAPH.sparseInitializer).flatMap((field) =>
    fieldsOf(readFields(bytesOf(field, file), file), SPARSE.values).map(
      (values) => readTensor(bytesOf(values, file), file).name,
    ),
  );
}

function readGraphValue(field: Field, file: OnnxFile): GraphValue {
  const fields = readFields(bytesOf(field, file), file);
  const inside = (of: readonly Field[], number: number) => {
    const found = fieldOf(of, number);
    return found && readFields(bytesOf(found, file), file);
  };
  const tensor = inside(inside(fields, VALUE.type) ?? [], TYPE.tensor) ?? [];
  const type = fieldOf(tensor, TENSOR_TYPE.elementType);
  const shape = inside(tensor, TENSOR_TYPE.shape);
  const dims =
    shape &&
    fieldsOf(shape, SHAPE.dim).map((dim) => {
      const parts = readFields(bytesOf(dim, file), file);
      const value = fieldOf(parts, DIM.value);
      const known = value ? integerOf(value, file) : -1;
      return known > 0 ? known : text(parts, DIM.param, file);
    });
  return { name: text(fields, VALUE.name, file), type: type ? integerOf(type, file) : 0, dims, field };
}
