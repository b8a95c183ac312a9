import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { EvenhandError } from '../../src/core/errors';
import { corruptFile } from '../pipeline/fileErrors';

/**
 * Protobuf messages as lists of fields that still lie in the file. protobuf-es reads the varints; its generated messages
 * are not used, because they copy every byte once per nesting level when written, and a graph's weights may be gigabytes:
 * here what nobody changes is written back as the very bytes that were read, unknown fields included.
 */

/** The file that messages are read from, for error messages. */
export interface OnnxFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Field {
  readonly number: number;
  readonly wire: WireType;
  /** The whole field with its tag: a view of the file. */
  readonly raw: Uint8Array;
  /** What follows the tag, and the length where there is one: a view of the file. */
  readonly value: Uint8Array;
}

/** @param why completes "The model file X is damaged: ...". @param view where in the file. */
export function damage(file: OnnxFile, view: Uint8Array, why: string): EvenhandError {
  return corruptFile(file.path, `${why}, at byte ${view.byteOffset - file.bytes.byteOffset}`);
}

/** Splits a message into its fields. @throws EvenhandError 'model-corrupt' where the bytes are no protobuf message. */
export function readFields(message: Uint8Array, file: OnnxFile): Field[] {
  const reader = new BinaryReader(message);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    try {
      const [number, wire] = reader.tag();
      if (wire === WireType.StartGroup || wire === WireType.EndGroup) throw new Error('groups are not used');
      const value = wire === WireType.LengthDelimited ? reader.bytes() : reader.skip(wire);
      fields.push({ number, wire, raw: message.subarray(start, reader.pos), value });
    } catch (cause) {
      throw corruptFile(
        file.path,
        `the bytes from ${start + message.byteOffset - file.bytes.byteOffset} on are no ONNX data (${reasonOf(cause)})`,
        { cause },
      );
    }
  }
  return fields;
}

function reasonOf(cause: unknown): string {
  if (cause instanceof RangeError) return 'a length reaches past the end';
  return cause instanceof Error ? cause.message : String(cause);
}

function expectWire(field: Field, wire: WireType, file: OnnxFile) {
  if (field.wire !== wire) {
    throw damage(
      file,
      field.raw,
      `field ${field.number} has the wire type ${field.wire} where ${wire} is due`,
    );
  }
}

/** A message, string or bytes field's content. */
export function bytesOf(field: Field, file: OnnxFile): Uint8Array {
  expectWire(field, WireType.LengthDelimited, file);
  return field.value;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function stringOf(field: Field, file: OnnxFile): string {
  const bytes = bytesOf(field, file);
  try {
    return utf8.decode(bytes);
  } catch {
    throw damage(file, field.raw, 'a name is not UTF-8');
  }
}

/** A whole number; beyond 2^53 the nearest that a double can hold, which ONNX uses for "to the end" only. */
export function integerOf(field: Field, file: OnnxFile): number {
  expectWire(field, WireType.Varint, file);
  return readVarint(new BinaryReader(field.value), field, file);
}

/** A repeated int64 field, which may be packed. */
export function integersOf(field: Field, file: OnnxFile): number[] {
  if (field.wire === WireType.Varint) return [integerOf(field, file)];
  const reader = new BinaryReader(bytesOf(field, file));
  const values: number[] = [];
  while (reader.pos < reader.len) values.push(readVarint(reader, field, file));
  return values;
}

function readVarint(reader: BinaryReader, field: Field, file: OnnxFile): number {
  try {
    return Number(reader.int64());
  } catch {
    throw damage(file, field.raw, 'a number does not end');
  }
}

/** A repeated float field, which may be packed. */
export function floatsOf(field: Field, file: OnnxFile): number[] {
  if (field.wire !== WireType.Bit32) expectWire(field, WireType.LengthDelimited, file);
  if (field.value.length % 4 !== 0) throw damage(file, field.raw, 'a list of floats is cut off');
  const { buffer, byteOffset, byteLength } = field.value;
  const view = new DataView(buffer, byteOffset, byteLength);
  return Array.from({ length: byteLength / 4 }, (_, index) => view.getFloat32(4 * index, true));
}

/** The fields of one number, in file order. */
export function fieldsOf(fields: readonly Field[], number: number): Field[] {
  return fields.filter((field) => field.number === number);
}

/** The last field of that number, which is the one that counts in protobuf. */
export function fieldOf(fields: readonly Field[], number: number): Field | undefined {
  return fields.findLast((field) => field.number === number);
}

/** Encodes one message. */
export function message(write: (writer: BinaryWriter) => void): Uint8Array {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
}

/** Encodes a length-delimited field around bytes. */
export function bytesField(number: number, value: Uint8Array): Uint8Array {
  return message((writer) => writer.tag(number, WireType.LengthDelimited).bytes(value));
}

export function stringField(number: number, value: string): Uint8Array {
  return message((writer) => writer.tag(number, WireType.LengthDelimited).string(value));
}

export function integerField(number: number, value: number): Uint8Array {
  return message((writer) => writer.tag(number, WireType.Varint).int64(value));
}

/** Concatenates, copying every byte once. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
