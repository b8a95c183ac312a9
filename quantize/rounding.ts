import { bitsOfHalf, halfOf, LARGEST_HALF } from '../workers/runtime/half';

/** Weights as whole numbers. Matrices and kernels are row-major; activations stay floats. */

export interface Int8 {
  readonly data: Int8Array;
  /** Value of a step, per channel. */
  readonly scale: Float32Array;
}

/**
 * One scale per channel, the largest magnitude at 127: an error of half a step at most.
 * The same as training/onnx_tools.py `quantize`. @param axis of the output channels.
 */
export function int8PerChannel(values: Float32Array, dims: readonly number[], axis: number): Int8 {
  const channels = dims[axis]!;
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  const channelOf = (i: number) => Math.floor(i / inner) % channels;
  const scale = new Float32Array(channels).fill(1e-12);
  for (let i = 0; i < values.length; i++) {
    const channel = channelOf(i);
    scale[channel] = Math.max(scale[channel]!, Math.abs(values[i]!));
  }
  for (let channel = 0; channel < channels; channel++) scale[channel]! /= 127;
  const data = new Int8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    data[i] = Math.max(-127, Math.min(127, Math.round(values[i]! / scale[channelOf(i)]!)));
  }
  return { data, scale };
}

export function fromInt8({ data, scale }: Int8, dims: readonly number[], axis: number): Float32Array {
  const inner = dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  return Float32Array.from(data, (whole, i) => whole * scale[Math.floor(i / inner) % scale.length]!);
}

/** Rows of a column that share a scale and a zero. */
export const BLOCK = 32;

/** What com.microsoft.MatMulNBits takes as B, scales and zero_points (onnxruntime, docs/ContribOperators.md). */
export interface Int4 {
  /** [N, K / 32, 16]: two rows a byte, the earlier one in the low half. */
  readonly packed: Uint8Array;
  /** [N, K / 32]. */
  readonly scales: Float32Array;
  /** [N, ceil(K / 32 / 2)]: two blocks a byte. */
  readonly zeros: Uint8Array;
}

/**
 * 4 bits a weight in blocks of 32 rows of a column, from the block's smallest to its largest value with 0 among the steps: an error
 * of half a step at most. As onnxruntime's DefaultWeightOnlyQuantizer does with is_symmetric=False.
 * @param matrix [K, N]. @throws RangeError if 32 does not divide K.
 */
export function int4Blocks(matrix: Float32Array, K: number, N: number): Int4 {
  if (K % BLOCK !== 0) throw new RangeError(`Blocks of ${BLOCK} do not fill ${K} rows.`);
  const blocks = K / BLOCK;
  const zeroBytes = Math.ceil(blocks / 2);
  const packed = new Uint8Array((N * K) / 2);
  const scales = new Float32Array(N * blocks);
  // Half a byte that no block uses is 8, as onnxruntime leaves it.
  const zeros = new Uint8Array(N * zeroBytes);
  for (let column = 0; column < N; column++) {
    if (blocks % 2 === 1) zeros[(column + 1) * zeroBytes - 1] = 8 << 4;
    for (let block = 0; block < blocks; block++) {
      const first = block * BLOCK;
      let [low, high] = [0, 0];
      for (let row = first; row < first + BLOCK; row++) {
        const value = matrix[row * N + column]!;
        if (value < low) low = value;
        if (value > high) high = value;
      }
      const step = Math.fround(Math.fround(high - low) / 15);
      const zero = step === 0 ? 0 : clamp4(-low / step);
      const inverse = step === 0 ? 0 : Math.fround(1 / step);
      const at = column * blocks + block;
      scales[at] = step;
      zeros[column * zeroBytes + (block >> 1)]! |= zero << (4 * (block & 1));
      for (let i = 0; i < BLOCK; i++) {
        const whole = clamp4(Math.fround(matrix[(first + i) * N + column]! * inverse) + zero);
        packed[at * (BLOCK / 2) + (i >> 1)]! |= whole << (4 * (i & 1));
      }
    }
  }
  return { packed, scales, zeros };
}

const clamp4 = (value: number) => Math.max(0, Math.min(15, Math.round(value)));

/** @returns [K, N]. */
export function fromInt4({ packed, scales, zeros }: Int4, K: number, N: number): Float32Array {
  const blocks = K / BLOCK;
  const zeroBytes = Math.ceil(blocks / 2);
  const half = (bytes: Uint8Array, byte: number, index: number) => (bytes[byte]! >> (4 * (index & 1))) & 15;
  const matrix = new Float32Array(K * N);
  for (let column = 0; column < N; column++) {
    for (let row = 0; row < K; row++) {
      const block = Math.floor(row / BLOCK);
      const at = column * blocks + block;
      const zero = half(zeros, column * zeroBytes + (block >> 1), block);
      const i = row % BLOCK;
      matrix[row * N + column] = (half(packed, at * (BLOCK / 2) + (i >> 1), i) - zero) * scales[at]!;
    }
  }
  return matrix;
}

export const toHalf = (values: Float32Array): Uint16Array => Uint16Array.from(values, bitsOfHalf);
export const fromHalf = (bits: Uint16Array): Float32Array => Float32Array.from(bits, halfOf);

/** Whether halves hold these numbers: none is too large, and together they lose less than a thousandth to those that are too small. */
export function fitsHalf(values: Float32Array): boolean {
  let [error, norm] = [0, 0];
  for (const value of values) {
    if (Math.abs(value) > LARGEST_HALF) return false;
    error += (halfOf(bitsOfHalf(value)) - value) ** 2;
    norm += value ** 2;
  }
  return error <= 1e-6 * norm;
}
