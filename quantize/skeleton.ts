import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join as joinPath } from 'node:path';
import { type OnnxModel, readModel, refuseOtherFormats } from '../workers/onnx/model';
import { EXTERNAL, GRAPH, MODEL, TENSOR } from '../workers/onnx/schema';
import {
  bytesField,
  fieldOf,
  fieldsOf,
  integerField,
  join,
  readFields,
  stringField,
  stringOf,
} from '../workers/onnx/wire';
import { corruptFile, missingFile } from '../workers/pipeline/fileErrors';

/** Where the bytes of a tensor lie. */
export interface Place {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** A graph without its weights: every long tensor refers to a place in a file, be it the graph's own. */
export interface Skeleton {
  readonly path: string;
  readonly model: OnnxModel;
  /** Initializers whose bytes are elsewhere, by name. */
  readonly places: ReadonlyMap<string, Place>;
  /** Bytes of the graph and of the files that it refers to. */
  readonly bytes: number;
}

/** Tensors up to this many bytes stay in the graph. */
const SMALL = 1024;
const LENGTH_DELIMITED = 2;

interface FieldPlace {
  readonly number: number;
  readonly wire: number;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/**
 * Reads a graph and not its weights, which may be gigabytes in it or in files beside it.
 * @throws EvenhandError 'model-corrupt' for bytes that are no ONNX model, or data outside their file or the folder; 'model-missing' for a
 * data file that is not there.
 */
export function readSkeleton(path: string): Skeleton {
  const fd = openSync(path, 'r');
  try {
    const size = statSync(path).size;
    const read = (start: number, end: number) => {
      const bytes = new Uint8Array(end - start);
      readSync(fd, bytes, 0, bytes.length, start);
      return bytes;
    };
    refuseOtherFormats({ path, bytes: read(0, Math.min(size, 64)) });
    const fields = (start: number, end: number) => scan(path, read, start, end);

    const initializer = (field: FieldPlace): Uint8Array => {
      const parts = fields(field.valueStart, field.end);
      const isData = ({ number, wire, valueStart, end }: FieldPlace) =>
        (number === TENSOR.rawData || number === TENSOR.floatData) &&
        wire === LENGTH_DELIMITED &&
        end - valueStart > SMALL;
      const data = parts.filter(isData);
      if (data.length !== 1) return read(field.start, field.end);
      const { valueStart, end } = data[0]!;
      const kept = parts.filter((part) => !isData(part)).map((part) => read(part.start, part.end));
      const place = externalFields(basename(path), valueStart, end - valueStart);
      return bytesField(GRAPH.initializer, join([...kept, place]));
    };
    const graph = ({ valueStart, end }: FieldPlace) =>
      fields(valueStart, end).map((field) =>
        field.number === GRAPH.initializer ? initializer(field) : read(field.start, field.end),
      );
    const parts = fields(0, size).map((field) =>
      field.number === MODEL.graph
        ? bytesField(MODEL.graph, join(graph(field)))
        : read(field.start, field.end),
    );
    const model = readModel(join(parts), path);
    const places = placesOf(path, model);
    const others = new Set([...places.values()].map(({ file }) => file));
    others.delete(path);
    const bytes = [...others].reduce((sum, file) => sum + statSync(file).size, size);
    return { path, model, places, bytes };
  } finally {
    closeSync(fd);
  }
}

/** The fields of a message that lies in a file. */
function scan(
  path: string,
  read: (start: number, end: number) => Uint8Array,
  start: number,
  limit: number,
): FieldPlace[] {
  const found: FieldPlace[] = [];
  for (let at = start; at < limit; ) {
    const head = read(at, Math.min(limit, at + 20));
    let used = 0;
    const varint = () => {
      let value = 0;
      for (let shift = 0; shift < 70; shift += 7) {
        const byte = head[used++];
        if (byte === undefined) break;
        value += (byte & 127) * 2 ** shift;
        if (byte < 128) return value;
      }
      throw corruptFile(path, `the bytes from ${at} on are no ONNX data (a number does not end)`);
    };
    const tag = varint();
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    let valueStart = at + used;
    let end: number;
    if (wire === 0) {
      varint();
      end = at + used;
    } else if (wire === LENGTH_DELIMITED) {
      const length = varint();
      valueStart = at + used;
      end = valueStart + length;
    } else if (wire === 1 || wire === 5) end = valueStart + (wire === 1 ? 8 : 4);
    else throw corruptFile(path, `the bytes from ${at} on are no ONNX data (wire type ${wire})`);
    if (end > limit) {
      throw corruptFile(path, `the bytes from ${at} on are no ONNX data (a length reaches past the end)`);
    }
    found.push({ number, wire, start: at, valueStart, end });
    at = end;
  }
  return found;
}

/** The fields of a TensorProto whose data lie elsewhere (onnx/docs/ExternalData.md). */
export function externalFields(location: string, offset: number, length: number): Uint8Array {
  const entry = (key: string, value: string) =>
    bytesField(
      TENSOR.externalData,
      join([stringField(EXTERNAL.key, key), stringField(EXTERNAL.value, value)]),
    );
  return join([
    entry('location', location),
    entry('offset', String(offset)),
    entry('length', String(length)),
    integerField(TENSOR.dataLocation, 1),
  ]);
}

function placesOf(path: string, { graph, file }: OnnxModel): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const field of fieldsOf(graph.fields, GRAPH.initializer)) {
    const fields = readFields(field.value, file);
    const entries = fieldsOf(fields, TENSOR.externalData).map(({ value }) => {
      const [key, text] = [EXTERNAL.key, EXTERNAL.value].map((number) => {
        const found = fieldOf(readFields(value, file), number);
        return found ? stringOf(found, file) : '';
      });
      return [key!, text!] as const;
    });
    if (entries.length === 0) continue;
    const name = stringOf(fieldOf(fields, TENSOR.name)!, file);
    const facts = new Map(entries);
    places.set(name, checked(path, name, facts));
  }
  return places;
}

function checked(path: string, tensor: string, facts: ReadonlyMap<string, string>): Place {
  const location = facts.get('location') ?? '';
  if (location === '' || isAbsolute(location) || location.split(/[\\/]/).includes('..')) {
    throw corruptFile(
      path,
      `the data of "${tensor}" are said to lie at "${location}", outside of its folder`,
    );
  }
  const file = joinPath(dirname(path), location);
  if (!existsSync(file)) {
    throw missingFile(location, dirname(path), `the graph keeps the weight "${tensor}" in it`);
  }
  const size = statSync(file).size;
  const offset = Number(facts.get('offset') ?? 0);
  const length = Number(facts.get('length') ?? size - offset);
  if (
    ![offset, length].every((value) => Number.isSafeInteger(value) && value >= 0) ||
    offset + length > size
  ) {
    throw corruptFile(file, `"${tensor}" is said to lie at bytes ${offset} to ${offset + length} of ${size}`);
  }
  return { file, offset, length };
}
