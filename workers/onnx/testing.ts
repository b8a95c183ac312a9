import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { SESSION_OPTIONS, weightsOptions } from '../runtime/ortGraph';
import type { UnetAnatomy } from './anatomy';
import type { Ports, Wanted } from './instrument';
import type { Sizes } from './ports';

/** Test helpers: the exports of training/golden/attention_maps.py, the embedded model, and ONNX Runtime to run them. */

export const GOLDEN = 'workers/onnx/golden';
export const PEOPLE_UNET = 'public/models/people/unet/model.onnx';
/** Of the golden exports. */
export const SIZES: Sizes = { height: 8, width: 12, tokens: 7 };

/** Every export whose attention can be reached, by the UNet it is of, and how exact its arithmetic is. */
export const EXPORTS = [
  { name: 'conv-script-14', unet: 'conv', tolerance: 1e-4 },
  { name: 'conv-script-17', unet: 'conv', tolerance: 1e-4 },
  { name: 'conv-baddbmm-17', unet: 'conv', tolerance: 1e-4 },
  { name: 'conv-packed-17', unet: 'conv', tolerance: 1e-4 },
  { name: 'conv-dynamo-18', unet: 'conv', tolerance: 1e-4 },
  { name: 'conv-dynamo-20', unet: 'conv', tolerance: 1e-4 },
  { name: 'conv-dynamo-21', unet: 'conv', tolerance: 1e-4 },
  { name: 'linear-script-20', unet: 'linear', tolerance: 1e-4 },
  // Fused by ONNX Runtime's optimizer: the attention alone, then everything, keys and values apart and packed.
  { name: 'conv-fused-17', unet: 'conv', tolerance: 1e-4 },
  { name: 'conv-optimized-14', unet: 'conv', tolerance: 1e-4 },
  { name: 'linear-optimized-20', unet: 'linear', tolerance: 1e-4 },
  // Half precision inside: float16 has 11 bits, and twenty layers add up their rounding.
  { name: 'linear-half-20', unet: 'linear', tolerance: 2e-2 },
] as const;

/** What hooks on the torch modules saw. Arrays are row-major. */
export interface Golden {
  readonly batch: number;
  readonly channels: number;
  readonly textWidth: number;
  readonly heads: readonly number[];
  readonly widths: readonly number[];
  readonly middle: readonly [channels: number, height: number, width: number];
  readonly sample: readonly number[];
  readonly timestep: readonly number[];
  readonly text: readonly number[];
  readonly textV: readonly number[];
  readonly prediction: readonly number[];
  readonly probed: readonly number[];
  /** Per cross-attention [B, P, N]. */
  readonly maps: readonly (readonly number[])[];
  /** Per cross-attention [B, N, C]. */
  readonly outputs: readonly (readonly number[])[];
  readonly h: readonly number[];
  readonly split: { readonly prediction: readonly number[] };
  readonly delta: { readonly hDelta: readonly number[]; readonly prediction: readonly number[] };
  readonly steer: Readonly<
    Record<
      'basis' | 'add' | 'renorm' | 'directions' | 'means' | 'responses' | 'prediction',
      readonly number[]
    >
  >;
}

export function readGolden(unet: string): Golden {
  return JSON.parse(readFileSync(`${GOLDEN}/${unet}.json`, 'utf8')) as Golden;
}

export function readExport(name: string): Uint8Array {
  return new Uint8Array(readFileSync(`${GOLDEN}/${name}.onnx`));
}

export type Feeds = Record<string, ort.Tensor>;

export function floats(data: Iterable<number>, dims: readonly number[]): ort.Tensor {
  return new ort.Tensor('float32', Float32Array.from(data), [...dims]);
}

export function integers(data: readonly number[]): ort.Tensor {
  return new ort.Tensor('int64', BigInt64Array.from(data, BigInt), [data.length]);
}

export function zeros(...dims: number[]): ort.Tensor {
  return floats(new Float32Array(dims.reduce((product, dim) => product * dim, 1)), dims);
}

/** The inputs every UNet has. */
export function baseFeeds(golden: Golden): Feeds {
  return {
    sample: floats(golden.sample, [golden.batch, golden.channels, SIZES.height, SIZES.width]),
    timestep: floats(golden.timestep, [golden.batch]),
    encoder_hidden_states: textFeed(golden, golden.text),
  };
}

/** Feeds that switch off everything that was added. */
export function offFeeds(ports: Ports, feeds: Feeds, { middle, text }: UnetAnatomy): Feeds {
  const off: Feeds = { ...feeds };
  if (ports.textValues) off[ports.textValues] = feeds[text]!;
  if (ports.probes) off[ports.probes.tokens] = integers([0]);
  if (ports.middle) off[ports.middle.hDelta] = zeros(1, middle!.channels, 1, 1);
  if (ports.steering) {
    const { basis, add, renorm, directions, channels } = ports.steering;
    off[basis] = zeros(1, 1, channels);
    off[add] = zeros(1, channels);
    off[renorm] = zeros(1);
    off[directions] = zeros(1, channels);
  }
  return off;
}

export const EVERYTHING: Wanted = {
  splitText: true,
  probes: true,
  crossOutputs: true,
  steering: true,
  middle: true,
};

export function textFeed(golden: Golden, rows: readonly number[]): ort.Tensor {
  return floats(rows, [golden.batch, SIZES.tokens, golden.textWidth]);
}

/** Opens a model as the studio's runtime does, on one thread; `size` stands for bytes of a graph too large to test with. */
export function openSession(bytes: Uint8Array, size = bytes.length): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    ...SESSION_OPTIONS,
    ...weightsOptions(size),
  });
}

export function dataOf(tensor: ort.Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error(`Expected float32, got ${tensor?.type}.`);
  return tensor.data;
}

/** Largest difference, relative to the largest number expected where that is over 1. @throws RangeError on different lengths or values that are no numbers. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) {
    throw new RangeError(`${actual.length} numbers where ${expected.length} are due.`);
  }
  let [largest, scale] = [0, 1];
  for (let index = 0; index < actual.length; index++) {
    const difference = Math.abs(actual[index]! - expected[index]!);
    if (!(difference >= 0)) throw new RangeError(`Number ${index} is ${actual[index]}.`);
    largest = Math.max(largest, difference);
    scale = Math.max(scale, Math.abs(expected[index]!));
  }
  return largest / scale;
}
