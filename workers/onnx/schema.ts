/**
 * Field numbers of onnx.proto (github.com/onnx/onnx/blob/main/onnx/onnx.proto), those that are read or written here.
 * Everything else in a file is kept as it is.
 */

export const MODEL = { graph: 7, opset: 8 } as const;
export const OPSET = { domain: 1, version: 2 } as const;
export const GRAPH = { node: 1, initializer: 5, input: 11, output: 12, sparseInitializer: 15 } as const;
export const SPARSE = { values: 1 } as const;
export const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = { name: 1, f: 2, i: 3, t: 5, floats: 7, ints: 8, type: 20 } as const;
export const TENSOR = {
  dims: 1,
  dataType: 2,
  floatData: 4,
  int32Data: 5,
  int64Data: 7,
  name: 8,
  rawData: 9,
  doubleData: 10,
  uint64Data: 11,
  stringData: 6,
  externalData: 13,
  dataLocation: 14,
} as const;
/** TensorProto.DataLocation.EXTERNAL. */
export const IN_ANOTHER_FILE = 1;
/** StringStringEntryProto: what is said of data in another file. */
export const EXTERNAL = { key: 1, value: 2 } as const;
export const VALUE = { name: 1, type: 2 } as const;
export const TYPE = { tensor: 1 } as const;
export const TENSOR_TYPE = { elementType: 1, shape: 2 } as const;
export const SHAPE = { dim: 1 } as const;
export const DIM = { value: 1, param: 2 } as const;

/** TensorProto.DataType. */
export const DATA_TYPE = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
  bfloat16: 16,
} as const;

export const FLOAT_TYPES: readonly number[] = [
  DATA_TYPE.float,
  DATA_TYPE.float16,
  DATA_TYPE.double,
  DATA_TYPE.bfloat16,
];

/** Bits of an element by data type; those that are missing (strings, types yet to come) are not checked. */
export const ELEMENT_BITS: Readonly<Record<number, number>> = {
  1: 32,
  2: 8,
  3: 8,
  4: 16,
  5: 16,
  6: 32,
  7: 64,
  9: 8,
  10: 16,
  11: 64,
  12: 32,
  13: 64,
  14: 64,
  15: 128,
  16: 16,
  17: 8,
  18: 8,
  19: 8,
  20: 8,
  21: 4,
  22: 4,
};

/** AttributeProto.AttributeType. */
export const ATTRIBUTE_TYPE = { float: 1, int: 2, tensor: 4, ints: 7 } as const;
