import { EvenhandError } from '../../src/core/errors';
import type { Flow } from '../onnx/flow';
import type { Node, OnnxModel } from '../onnx/model';
import { ATTRIBUTE, DATA_TYPE, GRAPH, NODE, TENSOR } from '../onnx/schema';
import {
  type Field,
  fieldOf,
  fieldsOf,
  floatsOf,
  integerOf,
  integersOf,
  readFields,
  stringOf,
} from '../onnx/wire';
import { halfOf } from '../runtime/half';

/** A weight as a node of the graph reads it. */
export interface Weight {
  readonly dims: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
  /** TensorProto.DataType of what the node reads: float or float16. */
  readonly type: number;
  /** TensorProto.DataType of what lies in the file. */
  readonly stored: number;
  /** Mean square of what rounding to int8 took away, were it spread evenly over a step; 0 for floats. */
  readonly rounding: number;
}

/** Reads weights out of the file, through the nodes between them and who uses them. */
export type WeightReader = (tensor: string) => Weight;

/**
 * @returns reads an initializer or constant, also behind Identity, Cast, Transpose of a matrix, and DequantizeLinear.
 * It throws EvenhandError 'model-unsupported' for a weight that lies in another file or in a form that is not read.
 */
export function weightReader(model: OnnxModel, flow: Flow): WeightReader {
  const { file, graph } = model;
  const initializers = new Map<string, readonly Field[]>();
  for (const field of fieldsOf(graph.fields, GRAPH.initializer)) {
    const fields = readFields(field.value, file);
    const name = fieldOf(fields, TENSOR.name);
    if (name) initializers.set(stringOf(name, file), fields);
  }

  function stored(tensor: string, fields: readonly Field[]): Weight {
    const typeField = fieldOf(fields, TENSOR.dataType);
    const type = typeField ? integerOf(typeField, file) : 0;
    const dims = fieldsOf(fields, TENSOR.dims).flatMap((field) => integersOf(field, file));
    const raw = fieldOf(fields, TENSOR.rawData);
    const numbers = raw ? fromRaw(raw.value, type) : fromLists(fields, type);
    if (!numbers) throw unreadable(tensor, `is of the type ${type}, which is not read`);
    if (numbers.length !== dims.reduce((product, dim) => product * dim, 1)) {
      throw unreadable(tensor, 'does not lie in the file itself');
    }
    return { dims, data: numbers, type, stored: type, rounding: 0 };
  }

  function fromLists(fields: readonly Field[], type: number): Float32Array | undefined {
    const all = (number: number, read: (field: Field, of: typeof file) => number[]) =>
      fieldsOf(fields, number).flatMap((field) => read(field, file));
    if (type === DATA_TYPE.float) return Float32Array.from(all(TENSOR.floatData, floatsOf));
    const integers = () => Float32Array.from(all(TENSOR.int32Data, integersOf));
    if (type === DATA_TYPE.float16) return integers().map(halfOf);
    return type === DATA_TYPE.int8 || type === DATA_TYPE.uint8 ? integers() : undefined;
  }

  function constant(node: Node): Weight {
    for (const attribute of fieldsOf(node.fields, NODE.attribute)) {
      const tensor = fieldOf(readFields(attribute.value, file), ATTRIBUTE.t);
      if (tensor) return stored(node.outputs[0]!, readFields(tensor.value, file));
    }
    throw unreadable(node.outputs[0]!, 'is a constant without a tensor');
  }

  function read(tensor: string): Weight {
    const fields = initializers.get(tensor);
    if (fields) return stored(tensor, fields);
    const node = flow.producer(tensor);
    if (!node) throw unreadable(tensor, 'is computed from the inputs');
    const source = () => read(node.inputs[0]!);
    switch (node.opType) {
      case 'Constant':
        return constant(node);
      case 'Identity':
        return source();
      case 'Cast': {
        const to = node.attributes.get('to')?.int;
        if (to !== DATA_TYPE.float && to !== DATA_TYPE.float16) throw unreadable(tensor, `is cast to ${to}`);
        return { ...source(), type: to };
      }
      case 'Transpose':
        return flipped(source(), node.attributes.get('perm')?.ints, tensor);
      case 'DequantizeLinear':
        return dequantized(node);
      default:
        throw unreadable(tensor, `is computed by ${node.opType}`);
    }
  }

  function dequantized(node: Node): Weight {
    const [whole, scale, zero] = node.inputs.map((input) => (input === '' ? undefined : read(input)));
    const { dims, data, stored } = whole!;
    const axis = node.attributes.get('axis')?.int ?? 1;
    const along = axis < 0 ? axis + dims.length : axis;
    const channels = scale!.data.length;
    if (node.attributes.get('block_size')?.int || (channels !== 1 && channels !== dims[along])) {
      throw unreadable(node.outputs[0]!, 'is quantized in blocks');
    }
    const inner = dims.slice(along + 1).reduce((product, dim) => product * dim, 1);
    const values = data.map((value, i) => {
      const channel = channels === 1 ? 0 : Math.floor(i / inner) % channels;
      return (value - (zero?.data[channel] ?? 0)) * scale!.data[channel]!;
    });
    const steps = scale!.data.reduce((sum, step) => sum + step ** 2, 0) / channels;
    return { dims, data: values, type: scale!.type, stored, rounding: steps / 12 };
  }

  return read;
}

function flipped(
  { dims, data, ...rest }: Weight,
  perm: readonly number[] | undefined,
  tensor: string,
): Weight {
  if (dims.length !== 2) throw unreadable(tensor, 'is transposed and no matrix');
  if (perm?.[0] === 0) return { dims, data, ...rest };
  return { dims: dims.toReversed(), data: transposed(data, dims[0]!), ...rest };
}

/** @param rows of the matrix given. */
export function transposed(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  const flipped = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      flipped[column * rows + row] = matrix[row * columns + column]!;
    }
  }
  return flipped;
}

function fromRaw(raw: Uint8Array, type: number): Float32Array | undefined {
  // Copied, since the file may have them at an odd place. Little-endian, as is every machine that runs a browser.
  const own = () => raw.slice().buffer;
  switch (type) {
    case DATA_TYPE.float:
      return new Float32Array(own());
    case DATA_TYPE.float16:
      return Float32Array.from(new Uint16Array(own()), halfOf);
    case DATA_TYPE.int8:
      return Float32Array.from(new Int8Array(raw.buffer, raw.byteOffset, raw.length));
    case DATA_TYPE.uint8:
      return Float32Array.from(raw);
    default:
      return undefined;
  }
}

function unreadable(tensor: string, why: string): EvenhandError {
  return new EvenhandError(
    'model-unsupported',
    `The weight "${tensor}" of this model ${why}, so no delta can be added to it.`,
    'Export the model with its weights in one file, as float32, float16 or int8; without the delta it works as before.',
  );
}
