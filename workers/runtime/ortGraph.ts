import type { InferenceSession, Tensor as OrtTensor, TensorConstructor } from 'onnxruntime-web/webgpu';
import { EvenhandError } from '../../src/core/errors';
import type { Tensor } from '../../src/core/tensor';
import type { LossGuard } from '../device/loss';
import { bitsOfHalf, halfOf } from './half';
import { UNPACKED_BELOW } from './large';
import { ortQueue } from './queue';
import { type ElementType, type ExternalData, type Feed, type Graph, type Port, port } from './runtime';

/** What both packages, onnxruntime-web and onnxruntime-node, offer alike. */
export interface OrtModule {
  readonly InferenceSession: {
    create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: TensorConstructor;
}

/** For every session. Of ONNX Runtime's log only errors are shown; that shape operators stay on the CPU is no news. */
export const SESSION_OPTIONS = { logSeverityLevel: 3 } as const;

/** ONNX Runtime folds DequantizeLinear of a constant only when its own rewriting of quantized operators is off. */
const UNPACK = { session: { disable_quant_qdq: '1' } } as const;
/** Kept packed, the weights meet that rewriting, which may not quantize what they are multiplied with: level 1 is float32. */
const KEEP = { session: { qdq_matmulnbits_accuracy_level: '1' } } as const;

/** How the weights of a graph of so many bytes lie in memory; see large.ts. */
export const weightsOptions = (bytes: number): Pick<InferenceSession.SessionOptions, 'extra'> => ({
  extra: bytes < UNPACKED_BELOW ? UNPACK : KEEP,
});

export interface GraphHost {
  readonly ort: OrtModule;
  readonly options: InferenceSession.SessionOptions;
  /** Ends a call that would never answer because the device is gone. */
  readonly guard: LossGuard;
}

/** @throws EvenhandError 'model-unsupported' when ONNX Runtime refuses the bytes, 'device-lost' when the GPU is gone. */
export async function openGraph(
  host: GraphHost,
  bytes: Uint8Array,
  name: string,
  external: readonly ExternalData[] = [],
): Promise<Graph> {
  const size = external.reduce((sum, { data }) => sum + data.length, bytes.length);
  const options = {
    ...host.options,
    ...weightsOptions(size),
    ...(external.length > 0 && { externalData: external }),
  };
  // The guard stands inside the queue: a call that hangs on a lost device must not hold up those on the next one.
  const creating = ortQueue(() => host.guard(host.ort.InferenceSession.create(bytes, options)));
  const session = await creating.catch((cause: unknown) => {
    if (cause instanceof EvenhandError) throw cause;
    throw new EvenhandError(
      'model-unsupported',
      `The graph ${name} cannot be opened on this backend.`,
      'Choose the CPU backend, or another model.',
      { cause },
    );
  });
  const inputs = session.inputMetadata.map(portOf);
  const outputs = session.outputMetadata.map(portOf);
  let milliseconds = 0;

  async function run(feeds: Readonly<Record<string, Feed>>, fetches?: readonly string[]) {
    for (const fetch of fetches ?? []) port(outputs, fetch);
    const ortFeeds: Record<string, OrtTensor> = {};
    for (const [key, feed] of Object.entries(feeds)) {
      ortFeeds[key] = toOrt(host.ort, feed, elementType(port(inputs, key), name));
    }
    const results = await ortQueue(async () => {
      const start = performance.now();
      try {
        return await host.guard(fetches ? session.run(ortFeeds, fetches) : session.run(ortFeeds));
      } catch (cause) {
        throw cause instanceof EvenhandError ? cause : runFailed(name, cause);
      } finally {
        milliseconds += performance.now() - start;
      }
    });
    return Object.fromEntries(
      Object.entries(results).map(([key, value]) => [key, fromOrt(value, key, name)]),
    );
  }

  return {
    inputs,
    outputs,
    run,
    runMilliseconds: () => milliseconds,
    close: () => ortQueue(() => host.guard(session.release())),
  };
}

function runFailed(name: string, cause: unknown): EvenhandError {
  return new EvenhandError(
    'model-unsupported',
    `The graph ${name} broke off while it was computing.`,
    'If memory is short, draw fewer images per batch or choose a smaller model; else its parts do not belong together: take all files from the same export.',
    { cause },
  );
}

function portOf(meta: InferenceSession.ValueMetadata): Port {
  return meta.isTensor
    ? { name: meta.name, type: meta.type, dims: meta.shape }
    : { name: meta.name, type: 'none', dims: [] };
}

function elementType({ name, type }: Port, graph: string): ElementType {
  if (type === 'float32' || type === 'float16' || type === 'int32' || type === 'int64') return type;
  throw new EvenhandError(
    'model-unsupported',
    `The input ${name} of the graph ${graph} wants ${type} numbers, which Evenhand cannot feed yet.`,
    'Export the model with float32 or float16 inputs.',
  );
}

function toOrt(ort: OrtModule, feed: Feed, type: ElementType): OrtTensor {
  const values = 'numbers' in feed ? feed.numbers : feed.data;
  const dims = [...feed.dims];
  switch (type) {
    case 'float32':
      return new ort.Tensor('float32', 'data' in feed ? feed.data : Float32Array.from(values), dims);
    case 'float16':
      return new ort.Tensor('float16', Uint16Array.from(values, bitsOfHalf), dims);
    case 'int32':
      return new ort.Tensor('int32', Int32Array.from(values, Math.round), dims);
    case 'int64':
      return new ort.Tensor(
        'int64',
        BigInt64Array.from(values, (value) => BigInt(Math.round(value))),
        dims,
      );
  }
}

function fromOrt(value: OrtTensor, name: string, graph: string): Tensor {
  const { data, dims } = value;
  if (data instanceof Float32Array) return { data, dims };
  // A Float16Array where there are such arrays, else a Uint16Array.
  if (value.type === 'float16' && ArrayBuffer.isView(data)) {
    const bits = new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2);
    return { data: Float32Array.from(bits, halfOf), dims };
  }
  throw new EvenhandError(
    'model-unsupported',
    `The output ${name} of the graph ${graph} is ${value.type}; Evenhand reads float32 and float16.`,
    'Export the model with float32 or float16 outputs.',
  );
}
