import { ATTRIBUTE, DATA_TYPE, ELEMENT_BITS, GRAPH, MODEL, NODE, TENSOR } from '../onnx/schema';
import { corruptFile } from '../pipeline/fileErrors';

/** How many numbers a graph stores, by kind: what they take on a device depends on its backend. */
export interface ElementCounts {
  readonly float32: number;
  readonly float16: number;
  /** Whole numbers of 8 bits and fewer: quantized weights. */
  readonly small: number;
}

export interface GraphHeader {
  readonly weights: ElementCounts;
  /** Of one tensor as it is stored. */
  readonly largestTensorBytes: number;
  /** Names of the files beside it that hold weights. */
  readonly externalFiles: readonly string[];
  readonly operators: ReadonlySet<string>;
}

/** TensorProto's fields for weights in another file, and StringStringEntryProto's. */
const EXTERNAL = { data: 13, key: 1, value: 2 } as const;
/** Bytes read at a time; a header of Stable Diffusion's UNet is about 1 MB between the weights. */
const WINDOW = 2 ** 18;
/** Dimensions, names and types of one tensor; only weights are longer. */
const LONGEST_TEXT = 2 ** 20;

interface Field {
  readonly number: number;
  /** Of a varint. */
  readonly value: number;
  /** Where the content of a length-delimited field lies. */
  readonly start: number;
  readonly end: number;
}

/**
 * Reads which weights and operators a graph has and skips the weights themselves, so that it takes a megabyte of memory for a file of
 * any length.
 * @throws EvenhandError 'model-corrupt' with the byte where the file is no ONNX graph.
 */
export async function readHeader(file: Blob, path: string): Promise<GraphHeader> {
  const cursor = new Cursor(file, path);
  const counts = { float32: 0, float16: 0, small: 0 };
  const operators = new Set<string>();
  const external = new Set<string>();
  let largest = 0;
  let graphs = 0;

  async function tensor(from: Field) {
    const dims: number[] = [];
    let type = 0;
    for await (const field of cursor.fields(from.start, from.end)) {
      if (field.number === TENSOR.dims) dims.push(...(await cursor.integers(field)));
      else if (field.number === TENSOR.dataType) type = field.value;
      else if (field.number === EXTERNAL.data) {
        let [key, value] = ['', ''];
        for await (const entry of cursor.fields(field.start, field.end)) {
          if (entry.number === EXTERNAL.key) key = await cursor.text(entry);
          if (entry.number === EXTERNAL.value) value = await cursor.text(entry);
        }
        if (key === 'location') external.add(value);
      }
    }
    const size = dims.reduce((product, dim) => product * dim, 1);
    if (!(size >= 0 && size <= Number.MAX_SAFE_INTEGER)) {
      throw corruptFile(path, `a tensor has the shape [${dims.join(', ')}], at byte ${from.start}`);
    }
    const bits = ELEMENT_BITS[type] ?? 8;
    largest = Math.max(largest, (size * bits) / 8);
    if (type === DATA_TYPE.float) counts.float32 += size;
    else if (bits === 16) counts.float16 += size;
    else if (bits <= 8) counts.small += size;
  }

  for await (const top of cursor.fields(0, file.size)) {
    if (top.number !== MODEL.graph) continue;
    graphs++;
    for await (const part of cursor.fields(top.start, top.end)) {
      if (part.number === GRAPH.initializer) await tensor(part);
      if (part.number !== GRAPH.node) continue;
      for await (const field of cursor.fields(part.start, part.end)) {
        if (field.number === NODE.opType) operators.add(await cursor.text(field));
        if (field.number !== NODE.attribute) continue;
        for await (const inner of cursor.fields(field.start, field.end)) {
          if (inner.number === ATTRIBUTE.t) await tensor(inner);
        }
      }
    }
  }
  if (graphs === 0) throw corruptFile(path, 'it holds no ONNX graph');
  return { weights: counts, largestTensorBytes: largest, externalFiles: [...external], operators };
}

/** Protobuf's wire format (protobuf.dev/programming-guides/encoding) over a file that is read piece by piece. */
class Cursor {
  #start = 0;
  #bytes = new Uint8Array();

  constructor(
    private readonly file: Blob,
    private readonly path: string,
  ) {}

  async *fields(start: number, end: number): AsyncGenerator<Field> {
    for (let at = start; at < end; ) {
      const tag = await this.#varint(at, end);
      const [number, wire] = [Math.floor(tag.value / 8), tag.value % 8];
      if (wire === 0) {
        const { value, next } = await this.#varint(tag.next, end);
        yield { number, value, start: tag.next, end: next };
        at = next;
      } else if (wire === 2) {
        const length = await this.#varint(tag.next, end);
        at = length.next + length.value;
        if (at > end) throw this.#damage(tag.next, 'a length reaches past the end');
        yield { number, value: 0, start: length.next, end: at };
      } else if (wire === 1 || wire === 5) {
        at = tag.next + (wire === 1 ? 8 : 4);
        if (at > end) throw this.#damage(tag.next, 'a number reaches past the end');
      } else {
        throw this.#damage(at, 'there is no ONNX data');
      }
    }
  }

  /** A repeated int64 field, which may be packed. */
  async integers({ start, end, value }: Field): Promise<readonly number[]> {
    if (value !== 0 || end - start <= 0) return [value];
    const values: number[] = [];
    for (let at = start; at < end; ) {
      const read = await this.#varint(at, end);
      values.push(read.value);
      at = read.next;
    }
    return values;
  }

  async text({ start, end }: Field): Promise<string> {
    if (end - start > LONGEST_TEXT) throw this.#damage(start, 'a name is too long to be one');
    return new TextDecoder().decode(await this.#read(start, end));
  }

  /** Beyond 2^53 the nearest double: no length or dimension that is one is in use. */
  async #varint(at: number, end: number): Promise<{ readonly value: number; readonly next: number }> {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (at + i >= end) throw this.#damage(at, 'a number does not end');
      const byte = await this.#byte(at + i);
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return { value, next: at + i + 1 };
    }
    throw this.#damage(at, 'a number does not end');
  }

  async #byte(at: number): Promise<number> {
    const inside = at - this.#start;
    if (inside >= 0 && inside < this.#bytes.length) return this.#bytes[inside]!;
    this.#bytes = await this.#read(at, Math.min(at + WINDOW, this.file.size));
    this.#start = at;
    return this.#bytes[0]!;
  }

  async #read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.file.slice(start, end).arrayBuffer());
  }

  #damage(at: number, why: string) {
    return corruptFile(this.path, `${why}, at byte ${at}`);
  }
}
