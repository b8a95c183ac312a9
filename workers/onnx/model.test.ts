import { WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvenhandError } from '../../src/core/errors';
import { createEdit } from './edit';
import { createFlow } from './flow';
import { handmade, weights } from './handmade';
import { instrument } from './instrument';
import { readModel } from './model';
import { GRAPH, MODEL, TENSOR } from './schema';
import { EVERYTHING, EXPORTS, readExport, SIZES } from './testing';
import { bytesField, bytesOf, fieldsOf, join, message, readFields } from './wire';

const sample = readExport('conv-dynamo-20');

const rewritten = (bytes: Uint8Array) => {
  const model = readModel(bytes, 'a');
  return createEdit(model, createFlow(model), new Map()).write();
};

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'fine';
  } catch (error) {
    if (error instanceof EvenhandError) return error.code;
    throw error;
  }
}

const messageOf = (bytes: Uint8Array) => {
  try {
    instrument(bytes, EVERYTHING, { path: 'unet/model.onnx', sizes: SIZES });
  } catch (error) {
    if (error instanceof EvenhandError) return error.message;
    throw error;
  }
  return 'fine';
};

describe('reading and writing an ONNX file', () => {
  it.each(EXPORTS.filter(({ name }) => !name.includes('half')))(
    'gives back $name byte for byte when nothing is added',
    ({ name }) => {
      const bytes = readExport(name);
      expect(same(rewritten(bytes), bytes)).toBe(true);
    },
  );

  it('puts nodes in an order of execution, and loses none', () => {
    const bytes = readExport('linear-half-20');
    const written = rewritten(bytes);
    expect(same(written, bytes)).toBe(false);
    expect(written.length).toBe(bytes.length);
    expect(same(rewritten(written), written)).toBe(true);
  });

  it('keeps every initializer byte for byte in an instrumented model, and copies none on reading', () => {
    const initializers = (bytes: Uint8Array) =>
      fieldsOf(readModel(bytes, 'a').graph.fields, GRAPH.initializer).map(({ raw }) => raw);
    const before = initializers(sample);
    expect(before.length).toBeGreaterThan(100);
    expect(before.every(({ buffer }) => buffer === sample.buffer)).toBe(true);
    const after = initializers(instrument(sample, EVERYTHING, { sizes: SIZES }).bytes);
    expect(after.length).toBe(before.length);
    expect(after.every((raw, index) => same(raw, before[index]!))).toBe(true);
  });

  it('hands back the very bytes when nothing is wanted', () => {
    expect(instrument(sample, {}, { sizes: SIZES }).bytes).toBe(sample);
  });

  it('keeps fields that it does not know, whatever they are', () => {
    const unknown = fc.oneof(
      fc
        .bigInt({ min: 0n, max: 2n ** 63n - 1n })
        .map((value) => message((writer) => writer.tag(900, WireType.Varint).int64(value))),
      fc.uint8Array({ maxLength: 40 }).map((value) => bytesField(901, value)),
      fc
        .float({ noNaN: true })
        .map((value) => message((writer) => writer.tag(902, WireType.Bit32).float(value))),
    );
    const small = handmade({
      nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }],
      inputs: { x: 4 },
      outputs: ['y'],
    });
    fc.assert(
      fc.property(
        fc.array(unknown, { maxLength: 5 }),
        fc.array(unknown, { maxLength: 5 }),
        (before, after) => {
          const bytes = join([...before, small, ...after]);
          expect(rewritten(bytes)).toEqual(bytes);
        },
      ),
    );
  });

  it('reads weights as a view, not a copy', () => {
    const raw = Uint8Array.from({ length: 8 }, (_, index) => index);
    const bytes = handmade({ inputs: { x: 4 }, initializers: [weights('w', [2], raw)] });
    const model = readModel(bytes, 'a');
    const [field] = fieldsOf(model.graph.fields, GRAPH.initializer);
    const data = fieldsOf(readFields(bytesOf(field!, model.file), model.file), TENSOR.rawData)[0]!.value;
    expect(data).toEqual(raw);
    expect(data.buffer).toBe(bytes.buffer);
  });
});

describe('a damaged ONNX file', () => {
  it('cut off anywhere is named as damaged', () => {
    fc.assert(
      fc.property(fc.nat(sample.length - 1), (length) => {
        expect(codeOf(() => instrument(sample.subarray(0, length), EVERYTHING, { sizes: SIZES }))).toBe(
          'model-corrupt',
        );
      }),
      { numRuns: 60 },
    );
  });

  it('with changed bytes is refused in words, or read and written as a model that can be read again', () => {
    // Nine tenths of the bytes are weights, which nothing looks at: the change goes to the nodes.
    const nodes = readModel(sample, 'a').graph.nodes.map(({ raw }) => raw);
    const place = fc
      .tuple(fc.nat(nodes.length - 1), fc.nat(10_000))
      .map(([node, at]) => nodes[node]!.byteOffset + (at % nodes[node]!.length));
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = sample.slice();
        for (const [at, byte] of changes) bytes[at - sample.byteOffset] = byte;
        const outcome = codeOf(() => {
          const made = instrument(bytes, EVERYTHING, { sizes: SIZES });
          readModel(made.bytes, 'again');
        });
        outcomes.add(outcome);
        expect(['fine', 'model-corrupt', 'model-unsupported']).toContain(outcome);
      }),
      { numRuns: 200 },
    );
    expect(outcomes).toContain('model-corrupt');
  }, 120_000);

  it('made of noise is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(codeOf(() => instrument(bytes, EVERYTHING))).toBe('model-corrupt');
      }),
    );
  });

  const text = (words: string) => new TextEncoder().encode(words);
  const relu = { op: 'Relu', inputs: ['x'], outputs: ['y'] };
  it.each([
    ['empty', new Uint8Array(0), 'is empty'],
    ['a zip archive', text('PK\u0003\u0004....'), 'a zip archive'],
    ['a web page', text('\n<!doctype html>'), 'a web page'],
    ['an LFS pointer', text('version https://git-lfs.github.com/spec/v1'), 'Git LFS pointer'],
    ['without a graph', message((writer) => writer.tag(1, WireType.Varint).int64(8)), 'no graph'],
    ['with two graphs', join([handmade({}), handmade({})]), '2 graphs'],
    ['without an opset', bytesField(MODEL.graph, new Uint8Array(0)), 'which version of the operators'],
    ['with a loose end', handmade({ nodes: [relu] }), 'needs "x", which nothing makes'],
    [
      'with a cycle',
      handmade({
        nodes: [
          { ...relu, inputs: ['z'] },
          { op: 'Relu', inputs: ['y'], outputs: ['z'] },
        ],
      }),
      'needs its own result',
    ],
    ['with a name made twice', handmade({ inputs: { x: 4 }, nodes: [relu, relu] }), '"y" is made twice'],
    ['with an output of nothing', handmade({ outputs: ['q'] }), 'nothing makes its output "q"'],
    [
      'with a negative shape',
      handmade({ initializers: [weights('w', [-3], new Uint8Array(0))] }),
      'negative shape [-3]',
    ],
    [
      'with weights that claim 4 GB',
      handmade({ initializers: [weights('w', [2 ** 30], new Uint8Array(8))] }),
      'has 8 bytes of data',
    ],
  ])('%s says so', (_, bytes, words) => {
    expect(messageOf(bytes)).toContain(words);
    expect(messageOf(bytes)).toContain('unet/model.onnx');
  });

  it('in a chain of thirty thousand nodes backwards is read without end of stack', () => {
    const length = 30_000;
    const chain = Array.from({ length }, (_, index) => ({
      op: 'Relu',
      inputs: [`t${length - index - 1}`],
      outputs: [`t${length - index}`],
    }));
    const model = readModel(handmade({ inputs: { t0: 4 }, nodes: chain, outputs: [`t${length}`] }), 'a');
    expect(model.graph.nodes[0]!.inputs).toEqual(['t0']);
    expect(model.graph.nodes.at(-1)!.outputs).toEqual([`t${length}`]);
  });
});
