import * as v from 'valibot';
import { EvenhandError } from '../../src/core/errors';
import { halfOf } from '../runtime/half';

/**
 * safetensors (github.com/huggingface/safetensors#format): 8 bytes of header length, a JSON header, then the numbers of all tensors
 * without gaps. Read strictly: a file that contradicts itself is refused before any of its numbers is used.
 */

export type Dtype = 'F32' | 'F16' | 'BF16' | 'I64';

export interface NamedTensor {
  readonly shape: readonly number[];
  /** Row-major, widened to float32. */
  readonly data: Float32Array;
}

export interface Safetensors {
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  /** Texts under `__metadata__`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own limit is 100 MB. A LoRA of Stable Diffusion has some 50 kB of header. */
const LONGEST_HEADER = 8 << 20;
const BYTES: Readonly<Record<Dtype, number>> = { F32: 4, F16: 2, BF16: 2, I64: 8 };

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const entrySchema = v.strictObject({
  dtype: v.string(),
  shape: v.pipe(v.array(size), v.maxLength(8)),
  data_offsets: v.strictTuple([size, size]),
});
const metadataSchema = v.record(v.string(), v.string());

/**
 * @param name of the file, for errors.
 * @throws EvenhandError 'model-corrupt', saying what is wrong and at which tensor; nothing but the file was touched.
 */
export function readSafetensors(bytes: Uint8Array, name: string): Safetensors {
  const broken = (why: string) => damaged(name, why);
  const { header, start } = readHeader(bytes, name);
  const entries = Object.entries(header)
    .filter(([key]) => key !== '__metadata__')
    .map(([key, entry]) => [key, parse(entrySchema, entry, key, name)] as const);
  const metadata = parse(metadataSchema, header.__metadata__ ?? {}, '__metadata__', name);

  let end = 0;
  const tensors = new Map<string, NamedTensor>();
  // In the order of their bytes, each begins where the one before ended: no overlap and no gap is left unseen.
  const inOrder = entries.toSorted(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  );
  for (const [key, { dtype, shape, data_offsets: offsets }] of inOrder) {
    const [from, to] = offsets;
    if (!isDtype(dtype)) {
      throw broken(`the tensor "${key}" is ${dtype}, and only ${Object.keys(BYTES).join(', ')} are read`);
    }
    if (from !== end) {
      const what = from < end ? 'overlaps the one before it' : 'leaves a gap before it';
      throw broken(`the tensor "${key}" ${what}: it begins at byte ${from} of the data, not at ${end}`);
    }
    const length = shape.reduce((product, dim) => product * dim, BYTES[dtype]);
    if (to - from !== length) {
      throw broken(
        `the tensor "${key}" of shape [${shape.join(', ')}] and type ${dtype} has ${to - from} bytes, not ${length}`,
      );
    }
    if (start + to > bytes.length) {
      throw broken(
        `the tensor "${key}" ends at byte ${to} of the data, of which there are ${bytes.length - start}`,
      );
    }
    tensors.set(key, { shape, data: numbers(bytes.subarray(start + from, start + to), dtype) });
    end = to;
  }
  if (start + end !== bytes.length) {
    throw broken(`${bytes.length - start - end} bytes follow the last tensor`);
  }
  return { tensors, metadata };
}

/** As float32, in the order given. For tests, and for deltas that are made here. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  let end = 0;
  for (const [key, { shape, data }] of tensors) {
    header.push([key, { dtype: 'F32', shape, data_offsets: [end, end + data.byteLength] }]);
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + end);
  // Padded with spaces, so that the numbers begin at a multiple of 8 bytes.
  bytes.fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  let at = start;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

function readHeader(bytes: Uint8Array, name: string): { header: Record<string, unknown>; start: number } {
  const broken = (why: string) => damaged(name, why);
  if (bytes.length < 8)
    throw broken(`it has ${bytes.length} bytes, fewer than the length of its header takes`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(LONGEST_HEADER)) {
    throw broken(
      `its header claims ${length} bytes, more than the ${LONGEST_HEADER} that are read; it may be no safetensors file`,
    );
  }
  const start = 8 + Number(length);
  if (start > bytes.length) {
    throw broken(`its header claims ${length} bytes, and only ${bytes.length - 8} follow`);
  }
  const text = decode(bytes.subarray(8, start));
  if (text === undefined || !text.startsWith('{')) throw broken('its header is no JSON object');
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (cause) {
    throw damaged(name, 'its header is no JSON', { cause });
  }
  const twice = doubleKey(text);
  if (twice !== undefined) throw broken(`its header names "${twice}" twice`);
  return { header: header as Record<string, unknown>, start };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** JSON.parse keeps the last of two equal keys without a word. @param json valid JSON, an object. */
function doubleKey(json: string): string | undefined {
  const seen: Set<string>[] = [];
  // Strings, with the colon that makes them keys, and braces.
  for (const [token, text] of json.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') seen.push(new Set());
    else if (token === '}') seen.pop();
    else if (text !== undefined) {
      const key = JSON.parse(text) as string;
      const keys = seen.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return undefined;
}

function isDtype(dtype: string): dtype is Dtype {
  return Object.hasOwn(BYTES, dtype);
}

function numbers(bytes: Uint8Array, dtype: Dtype): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const list = (read: (at: number) => number) =>
    Float32Array.from({ length: bytes.length / BYTES[dtype] }, (_, i) => read(i * BYTES[dtype]));
  switch (dtype) {
    case 'F32':
      return list((at) => view.getFloat32(at, true));
    case 'F16':
      return list((at) => halfOf(view.getUint16(at, true)));
    case 'BF16':
      return new Float32Array(
        Uint32Array.from({ length: bytes.length / 2 }, (_, i) => view.getUint16(2 * i, true) << 16).buffer,
      );
    case 'I64':
      return list((at) => Number(view.getBigInt64(at, true)));
  }
}

function parse<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  key: string,
  name: string,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw damaged(name, `the header's entry "${key}" is not as it should be: ${issue.message}`);
}

function damaged(name: string, why: string, options?: ErrorOptions): EvenhandError {
  return new EvenhandError(
    'model-corrupt',
    `The file ${name} cannot be read as safetensors: ${why}.`,
    'Get the file anew from where it came from; the model itself was not touched.',
    options,
  );
}
