import { WireType } from '@bufbuild/protobuf/wire';
import type { Node } from './model';
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPE,
  DATA_TYPE,
  DIM,
  NODE,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE,
} from './schema';
import { bytesField, integerField, join, message, stringField } from './wire';

/** Pieces of ONNX files as they are written. */

/** The node with other names; everything else byte for byte. A node with other outputs is a second one, and has no name. */
export function encodeNode(
  { fields, inputs, outputs }: Node,
  renamedInputs: ReadonlyMap<string, string>,
  renamedOutputs?: ReadonlyMap<string, string>,
): Uint8Array {
  let [input, output] = [0, 0];
  return join(
    fields.flatMap(({ number, raw }) => {
      if (number === NODE.name && renamedOutputs) return [];
      const renamed =
        number === NODE.input
          ? renamedInputs.get(inputs[input++]!)
          : number === NODE.output
            ? renamedOutputs?.get(outputs[output++]!)
            : undefined;
      return renamed === undefined ? raw : stringField(number, renamed);
    }),
  );
}

/** A whole number, a float, or a list of whole numbers. */
export type AttributeValue = number | { readonly float: number } | readonly number[];

export function attributeField(name: string, value: AttributeValue): Uint8Array {
  return bytesField(
    NODE.attribute,
    message((writer) => {
      writer.raw(stringField(ATTRIBUTE.name, name));
      if (typeof value === 'number') {
        writer.raw(integerField(ATTRIBUTE.i, value)).raw(integerField(ATTRIBUTE.type, ATTRIBUTE_TYPE.int));
      } else if ('float' in value) {
        writer.tag(ATTRIBUTE.f, WireType.Bit32).float(value.float);
        writer.raw(integerField(ATTRIBUTE.type, ATTRIBUTE_TYPE.float));
      } else {
        for (const part of value) writer.raw(integerField(ATTRIBUTE.ints, part));
        writer.raw(integerField(ATTRIBUTE.type, ATTRIBUTE_TYPE.ints));
      }
    }),
  );
}

export function tensorAttribute(name: string, values: readonly number[], type: number): Uint8Array {
  const tensor = message((writer) => {
    writer.raw(integerField(TENSOR.dims, values.length)).raw(integerField(TENSOR.dataType, type));
    const data = type === DATA_TYPE.int64 ? BigInt64Array.from(values, BigInt) : Float32Array.from(values);
    writer.raw(bytesField(TENSOR.rawData, new Uint8Array(data.buffer)));
  });
  return bytesField(
    NODE.attribute,
    message((writer) => {
      writer.raw(stringField(ATTRIBUTE.name, name)).raw(bytesField(ATTRIBUTE.t, tensor));
      writer.raw(integerField(ATTRIBUTE.type, ATTRIBUTE_TYPE.tensor));
    }),
  );
}

export function valueField(
  number: number,
  name: string,
  type: number,
  dims: readonly (number | string)[],
): Uint8Array {
  const shape = message((writer) => {
    for (const dim of dims) {
      const inner = typeof dim === 'number' ? integerField(DIM.value, dim) : stringField(DIM.param, dim);
      writer.raw(bytesField(SHAPE.dim, inner));
    }
  });
  const tensor = message((writer) => {
    writer.raw(integerField(TENSOR_TYPE.elementType, type)).raw(bytesField(TENSOR_TYPE.shape, shape));
  });
  return bytesField(
    number,
    message((writer) => {
      writer.raw(stringField(VALUE.name, name)).raw(bytesField(VALUE.type, bytesField(TYPE.tensor, tensor)));
    }),
  );
}
