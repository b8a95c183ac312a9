import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { WireType } from '@bufbuild/protobuf/wire';
import { attributeField } from '../workers/onnx/encode';
import type { Node } from '../workers/onnx/model';
import { DATA_TYPE, GRAPH, MODEL, NODE, OPSET, TENSOR, VALUE } from '../workers/onnx/schema';
import type { StoredTensor } from '../workers/onnx/tensor';
import {
  bytesField,
  fieldOf,
  fieldsOf,
  integerField,
  join,
  message,
  readFields,
  stringField,
  stringOf,
} from '../workers/onnx/wire';
import { corruptFile } from '../workers/pipeline/fileErrors';
import type { Form } from './plan';
import {
  BLOCK,
  fitsHalf,
  fromHalf,
  fromInt4,
  fromInt8,
  int4Blocks,
  int8PerChannel,
  toHalf,
} from './rounding';
import { externalFields, type Place, type Skeleton } from './skeleton';

/** A tensor of the new file. */
interface NewTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: number;
  readonly bytes: number;
}

/** Tensors that are made together from one weight, when it is their turn. */
interface Made {
  readonly tensors: readonly NewTensor[];
  make(): readonly Uint8Array[];
}

export interface Written {
  /** Root mean square of what rounding took away, over that of the weights that were rounded. */
  readonly weightError: number;
  /** Weights by how they are kept. */
  readonly counts: Readonly<Record<Form['kind'], number>>;
  readonly bytes: number;
}

/** Protobuf messages end at 2 GiB; beyond it data go to a file beside the graph. */
export const INLINE_AT_MOST = 2 ** 31 - 1;
/** Data beside a graph begin at multiples of it, so that any array type can be laid over them. */
const ALIGNED = 64;

/**
 * Writes the graph with its weights as planned. One weight is in memory at a time.
 * @param inlineAtMost longest file with its weights inside, bytes.
 * @throws EvenhandError 'model-corrupt' for weights that are no finite numbers.
 */
export function writeQuantized(
  skeleton: Skeleton,
  plan: ReadonlyMap<string, Form>,
  out: string,
  inlineAtMost = INLINE_AT_MOST,
): Written {
  const { model, places, path } = skeleton;
  const { graph, file } = model;
  const taken = new Set([...graph.initializers.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)]);
  const counts = { half: 0, int8: 0, int4: 0 };
  let [error, norm] = [0, 0];

  function free(wanted: string): string {
    let name = wanted;
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  }
  function compare(values: Float32Array, rounded: Float32Array) {
    for (let i = 0; i < values.length; i++) {
      error += (values[i]! - rounded[i]!) ** 2;
      norm += values[i]! ** 2;
    }
  }

  const nodesBefore: Uint8Array[] = [];
  const packedNames = new Map<string, readonly string[]>();
  const rounded = (tensor: StoredTensor, form: Form): Made | undefined => {
    const { name, dims } = tensor;
    const size = dims.reduce((product, dim) => product * dim, 1);
    const read = () => floatsAt(places.get(name)!, size, name, path);
    switch (form.kind) {
      case 'half': {
        if (!fitsHalf(read())) return undefined;
        const half = { name: free(`${name}_fp16`), dims, type: DATA_TYPE.float16, bytes: 2 * size };
        nodesBefore.push(nodeField('Cast', [half.name], [name], { to: DATA_TYPE.float }));
        return {
          tensors: [half],
          make() {
            const values = read();
            const bits = toHalf(values);
            compare(values, fromHalf(bits));
            return [bytesOf(bits)];
          },
        };
      }
      case 'int8': {
        const { axis } = form;
        const channels = dims[axis]!;
        const whole = { name: free(`${name}_int8`), dims, type: DATA_TYPE.int8, bytes: size };
        const scale = {
          name: free(`${name}_scale`),
          dims: [channels],
          type: DATA_TYPE.float,
          bytes: 4 * channels,
        };
        nodesBefore.push(nodeField('DequantizeLinear', [whole.name, scale.name], [name], { axis }));
        return {
          tensors: [whole, scale],
          make() {
            const values = read();
            const int8 = int8PerChannel(values, dims, axis);
            compare(values, fromInt8(int8, dims, axis));
            return [bytesOf(int8.data), bytesOf(int8.scale)];
          },
        };
      }
      case 'int4': {
        const [K, N] = dims as [number, number];
        const blocks = K / BLOCK;
        const zeroBytes = Math.ceil(blocks / 2);
        const { uint8, float } = DATA_TYPE;
        const tensors = [
          { name: free(`${name}_int4`), dims: [N, blocks, BLOCK / 2], type: uint8, bytes: size / 2 },
          { name: free(`${name}_scales`), dims: [N * blocks], type: float, bytes: 4 * N * blocks },
          { name: free(`${name}_zeros`), dims: [N * zeroBytes], type: uint8, bytes: N * zeroBytes },
        ];
        packedNames.set(
          name,
          tensors.map((packed) => packed.name),
        );
        return {
          tensors,
          make() {
            const values = read();
            const int4 = int4Blocks(values, K, N);
            compare(values, fromInt4(int4, K, N));
            return [int4.packed, bytesOf(int4.scales), int4.zeros];
          },
        };
      }
    }
  };

  /** The new graph in order: bytes, or tensors to be made. */
  const weights: (Uint8Array | Made)[] = [];
  const replaced = new Set<string>();
  for (const field of fieldsOf(graph.fields, GRAPH.initializer)) {
    const name = stringOf(fieldOf(readFields(field.value, file), TENSOR.name)!, file);
    const tensor = graph.initializers.get(name)!;
    const place = places.get(name);
    const form = plan.get(name);
    const made = form && rounded(tensor, form);
    if (made && form) {
      counts[form.kind]++;
      replaced.add(name);
      weights.push(made);
    } else if (place) {
      const { dims, type } = tensor;
      weights.push({
        tensors: [{ name, dims, type, bytes: place.length }],
        make: () => [bytesAt(place)],
      });
    } else weights.push(field.raw);
  }
  const nodes = graph.nodes.map((node) => {
    const packed = node.opType === 'MatMul' ? packedNames.get(node.inputs[1]!) : undefined;
    return packed ? packedNode(node, packed, graph.initializers.get(node.inputs[1]!)!.dims) : node.raw;
  });
  const isReplacedInput = (number: number, value: Uint8Array) => {
    if (number !== GRAPH.input) return false;
    const name = fieldOf(readFields(value, file), VALUE.name);
    return name !== undefined && replaced.has(stringOf(name, file));
  };
  const rest = graph.fields
    .filter(
      ({ number, value }) =>
        number !== GRAPH.node && number !== GRAPH.initializer && !isReplacedInput(number, value),
    )
    .map(({ raw }) => raw);
  const parts: (Uint8Array | Made)[] = [...nodesBefore, ...nodes, ...weights, ...rest];
  const foreign = packedNames.size > 0 ? [opset('com.microsoft', 1)] : [];
  const head = [
    ...model.fields
      .filter(
        ({ number, value }) =>
          number !== MODEL.graph && !(foreign.length > 0 && domainOf(number, value) === 'com.microsoft'),
      )
      .map(({ raw }) => raw),
    ...foreign,
  ];
  function domainOf(number: number, value: Uint8Array) {
    if (number !== MODEL.opset) return undefined;
    const domain = fieldOf(readFields(value, file), OPSET.domain);
    return domain && stringOf(domain, file);
  }
  const bytes = emit(head, parts, out, inlineAtMost);
  return { weightError: norm === 0 ? 0 : Math.sqrt(error / norm), counts, bytes };
}

/** @returns bytes written, of the graph and of the file beside it. */
function emit(
  head: readonly Uint8Array[],
  parts: readonly (Uint8Array | Made)[],
  out: string,
  inlineAtMost: number,
): number {
  const inline = (tensor: NewTensor) => {
    const start = join([tensorHead(tensor), lengthHead(TENSOR.rawData, tensor.bytes)]);
    return join([lengthHead(GRAPH.initializer, start.length + tensor.bytes), start]);
  };
  const sizeOf = (part: Uint8Array | Made) =>
    part instanceof Uint8Array
      ? part.length
      : part.tensors.reduce((sum, tensor) => sum + inline(tensor).length + tensor.bytes, 0);
  const headLength = head.reduce((sum, { length }) => sum + length, 0);
  const graphLength = parts.reduce((sum, part) => sum + sizeOf(part), 0);
  if (headLength + graphLength + 16 <= inlineAtMost) {
    return withFile(out, (write) => {
      for (const bytes of head) write(bytes);
      write(lengthHead(MODEL.graph, graphLength));
      for (const part of parts) {
        if (part instanceof Uint8Array) write(part);
        else {
          const datas = part.make();
          part.tensors.forEach((tensor, i) => {
            write(inline(tensor));
            write(datas[i]!);
          });
        }
      }
    });
  }
  const location = `${basename(out)}_data`;
  const graph: Uint8Array[] = [];
  const beside = withFile(`${out}_data`, (write) => {
    let at = 0;
    for (const part of parts) {
      if (part instanceof Uint8Array) {
        graph.push(part);
        continue;
      }
      const datas = part.make();
      part.tensors.forEach((tensor, i) => {
        write(new Uint8Array(-at & (ALIGNED - 1)));
        at += -at & (ALIGNED - 1);
        const place = externalFields(location, at, tensor.bytes);
        graph.push(bytesField(GRAPH.initializer, join([tensorHead(tensor), place])));
        write(datas[i]!);
        at += tensor.bytes;
      });
    }
  });
  return (
    beside +
    withFile(out, (write) => {
      for (const bytes of head) write(bytes);
      write(bytesField(MODEL.graph, join(graph)));
    })
  );
}

function withFile(path: string, work: (write: (bytes: Uint8Array) => void) => void): number {
  const fd = openSync(path, 'wx');
  let total = 0;
  try {
    work((bytes) => {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done);
      total += bytes.length;
    });
  } finally {
    closeSync(fd);
  }
  return total;
}

function tensorHead({ name, dims, type }: NewTensor): Uint8Array {
  const shape = dims.map((dim) => integerField(TENSOR.dims, dim));
  return join([...shape, integerField(TENSOR.dataType, type), stringField(TENSOR.name, name)]);
}

function lengthHead(number: number, length: number): Uint8Array {
  return message((writer) => writer.tag(number, WireType.LengthDelimited).uint32(length));
}

function opset(domain: string, version: number): Uint8Array {
  return bytesField(
    MODEL.opset,
    join([stringField(OPSET.domain, domain), integerField(OPSET.version, version)]),
  );
}

function nodeField(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, number>>,
  domain = '',
): Uint8Array {
  return bytesField(
    GRAPH.node,
    join([
      ...inputs.map((input) => stringField(NODE.input, input)),
      ...outputs.map((output) => stringField(NODE.output, output)),
      stringField(NODE.name, `${outputs[0]}_${opType}`),
      stringField(NODE.opType, opType),
      ...Object.entries(attributes).map(([name, value]) => attributeField(name, value)),
      ...(domain ? [stringField(NODE.domain, domain)] : []),
    ]),
  );
}

function packedNode(node: Node, packed: readonly string[], [K, N]: readonly number[]): Uint8Array {
  const attributes = { K: K!, N: N!, bits: 4, block_size: BLOCK };
  return nodeField('MatMulNBits', [node.inputs[0]!, ...packed], node.outputs, attributes, 'com.microsoft');
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function bytesAt({ file, offset, length }: Place): Uint8Array {
  const bytes = new Uint8Array(length);
  const fd = openSync(file, 'r');
  try {
    for (let done = 0; done < length; ) {
      const count = readSync(fd, bytes, done, length - done, offset + done);
      if (count === 0) throw corruptFile(file, `it ends at byte ${offset + done}`);
      done += count;
    }
  } finally {
    closeSync(fd);
  }
  return bytes;
}

function floatsAt(place: Place, size: number, name: string, path: string): Float32Array {
  if (place.length !== 4 * size) {
    throw corruptFile(path, `"${name}" should have ${4 * size} bytes of data and has ${place.length}`);
  }
  const values = new Float32Array(bytesAt(place).buffer);
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw corruptFile(path, `number ${bad} of "${name}" is ${values[bad]}`);
  return values;
}
