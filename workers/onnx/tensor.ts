import { DATA_TYPE, ELEMENT_BITS, TENSOR } from './schema';
import {
  bytesOf,
  damage,
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

/** The header of a TensorProto; its data stay in the file. */
export interface StoredTensor {
  readonly name: string;
  /** TensorProto.DataType. */
  readonly type: number;
  readonly dims: readonly number[];
  /** The elements of a small tensor of numbers; undefined for weights, and for data in another file. */
  readonly values: readonly number[] | undefined;
}

/** Shapes, axes and scales have a few elements; a longer tensor is weights and is not looked into. */
const SMALL = 64;

/** @throws EvenhandError 'model-corrupt' when dimensions are negative or do not fit the data. */
export function readTensor(message: Uint8Array, file: OnnxFile): StoredTensor {
  const fields = readFields(message, file);
  const nameField = fieldOf(fields, TENSOR.name);
  const typeField = fieldOf(fields, TENSOR.dataType);
  const name = nameField ? stringOf(nameField, file) : '';
  const type = typeField ? integerOf(typeField, file) : 0;
  const dims = fieldsOf(fields, TENSOR.dims).flatMap((field) => integersOf(field, file));
  if (dims.some((dim) => dim < 0)) {
    throw damage(file, message, `the tensor "${name}" has the negative shape [${dims.join(', ')}]`);
  }
  const size = dims.reduce((product, dim) => product * dim, 1);
  const raw = fieldOf(fields, TENSOR.rawData);
  const bits = ELEMENT_BITS[type];
  if (raw && bits && bytesOf(raw, file).length !== Math.ceil((size * bits) / 8)) {
    throw damage(
      file,
      message,
      `the tensor "${name}" of shape [${dims.join(', ')}] has ${raw.value.length} bytes of data`,
    );
  }
  const values = size <= SMALL ? (raw ? fromRaw(raw.value, type) : fromLists(fields, type, file)) : undefined;
  return { name, type, dims, values: values?.length === size ? values : undefined };
}

function fromRaw({ buffer, byteOffset, byteLength }: Uint8Array, type: number): number[] | undefined {
  const view = new DataView(buffer, byteOffset, byteLength);
  const list = (step: number, read: (at: number) => number) =>
    Array.from({ length: byteLength / step }, (_, index) => read(index * step));
  switch (type) {
    case DATA_TYPE.float:
      return list(4, (at) => view.getFloat32(at, true));
    case DATA_TYPE.float16:
      return list(2, (at) => half(view.getUint16(at, true)));
    case DATA_TYPE.int32:
      return list(4, (at) => view.getInt32(at, true));
    case DATA_TYPE.int64:
      return list(8, (at) => Number(view.getBigInt64(at, true)));
    case DATA_TYPE.bool:
      return list(1, (at) => view.getUint8(at));
    default:
      return undefined;
  }
}

/** The value of a 16-bit float, IEEE 754. */
function half(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function fromLists(fields: readonly Field[], type: number, file: OnnxFile): number[] | undefined {
  const all = (number: number, read: (field: Field, file: OnnxFile) => number[]) =>
    fieldsOf(fields, number).flatMap((field) => read(field, file));
  switch (type) {
    case DATA_TYPE.float:
      return all(TENSOR.floatData, floatsOf);
    case DATA_TYPE.float16:
      return all(TENSOR.int32Data, integersOf).map(half);
    case DATA_TYPE.int32:
    case DATA_TYPE.bool:
      return all(TENSOR.int32Data, integersOf);
    case DATA_TYPE.int64:
      return all(TENSOR.int64Data, integersOf);
    default:
      return undefined;
  }
}
