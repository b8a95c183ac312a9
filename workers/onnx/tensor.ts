import { halfOf } from '../runtime/half';
import { DATA_TYPE, ELEMENT_BITS, EXTERNAL, IN_ANOTHER_FILE, TENSOR } from './schema';
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
  /** Where its data lie, if that is another file. */
  readonly external: ExternalRange | undefined;
}

/** A range of a file that lies beside the graph. */
export interface ExternalRange {
  /** Its name: no folder, since nothing outside the model's own may be read. */
  readonly file: string;
  readonly offset: number;
  /** Bytes; undefined: as many as the tensor needs. */
  readonly length: number | undefined;
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
  if (!Number.isSafeInteger(size)) {
    throw damage(file, message, `the tensor "${name}" has the impossible shape [${dims.join(', ')}]`);
  }
  const raw = fieldOf(fields, TENSOR.rawData);
  const bits = ELEMENT_BITS[type];
  if (raw && bits && bytesOf(raw, file).length !== Math.ceil((size * bits) / 8)) {
    throw damage(
      file,
      message,
      `the tensor "${name}" of shape [${dims.join(', ')}] has ${raw.value.length} bytes of data`,
    );
  }
  const external = readExternal(name, fields, file);
  if (external) {
    const due = bits && Math.ceil((size * bits) / 8);
    if (due !== undefined && external.length !== undefined && external.length !== due) {
      throw damage(
        file,
        message,
        `the tensor "${name}" of shape [${dims.join(', ')}] is said to have ${external.length} bytes in ${external.file}`,
      );
    }
    return { name, type, dims, values: undefined, external: { ...external, length: external.length ?? due } };
  }
  if (size > 0 && !raw && !LISTS.some((number) => fieldOf(fields, number))) {
    throw damage(file, message, `the tensor "${name}" of shape [${dims.join(', ')}] has no data`);
  }
  const values = size <= SMALL ? (raw ? fromRaw(raw.value, type) : fromLists(fields, type, file)) : undefined;
  return { name, type, dims, values: values?.length === size ? values : undefined, external: undefined };
}

/** Where elements stand one by one, by their type. */
const LISTS = [
  TENSOR.floatData,
  TENSOR.int32Data,
  TENSOR.stringData,
  TENSOR.int64Data,
  TENSOR.doubleData,
  TENSOR.uint64Data,
];

function readExternal(name: string, fields: readonly Field[], file: OnnxFile): ExternalRange | undefined {
  const place = fieldOf(fields, TENSOR.dataLocation);
  if (!place || integerOf(place, file) !== IN_ANOTHER_FILE) return undefined;
  const entries = new Map(
    fieldsOf(fields, TENSOR.externalData).map((entry) => {
      const parts = readFields(bytesOf(entry, file), file);
      const [key, value] = [fieldOf(parts, EXTERNAL.key), fieldOf(parts, EXTERNAL.value)];
      return [key ? stringOf(key, file) : '', value ? stringOf(value, file) : ''];
    }),
  );
  const location = (entries.get('location') ?? '').replace(/^\.\//, '');
  // Neither up nor elsewhere, on any system.
  if (location === '' || location === '..' || /[/\\:\0]/.test(location)) {
    throw damage(file, place.raw, `the tensor "${name}" lies in "${location}", which is no file beside it`);
  }
  const number = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    throw damage(file, place.raw, `the tensor "${name}" has the ${key} "${text}" in ${location}`);
  };
  return { file: location, offset: number('offset') ?? 0, length: number('length') };
}

function fromRaw({ buffer, byteOffset, byteLength }: Uint8Array, type: number): number[] | undefined {
  const view = new DataView(buffer, byteOffset, byteLength);
  const list = (step: number, read: (at: number) => number) =>
    Array.from({ length: byteLength / step }, (_, index) => read(index * step));
  switch (type) {
    case DATA_TYPE.float:
      return list(4, (at) => view.getFloat32(at, true));
    case DATA_TYPE.float16:
      return list(2, (at) => halfOf(view.getUint16(at, true)));
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

function fromLists(fields: readonly Field[], type: number, file: OnnxFile): number[] | undefined {
  const all = (number: number, read: (field: Field, file: OnnxFile) => number[]) =>
    fieldsOf(fields, number).flatMap((field) => read(field, file));
  switch (type) {
    case DATA_TYPE.float:
      return all(TENSOR.floatData, floatsOf);
    case DATA_TYPE.float16:
      return all(TENSOR.int32Data, integersOf).map(halfOf);
    case DATA_TYPE.int32:
    case DATA_TYPE.bool:
      return all(TENSOR.int32Data, integersOf);
    case DATA_TYPE.int64:
      return all(TENSOR.int64Data, integersOf);
    default:
      return undefined;
  }
}
