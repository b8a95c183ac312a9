import { createMersenne } from './mersenne';

const TWO_PI = Math.fround(2 * Math.PI);
/** From this many values on, torch fills by blocks in float32; below it draws one by one in float64. */
const BLOCK = 16;

export interface TorchGenerator {
  /** The next `count` standard normal numbers, as `torch.randn(count, generator=g)` would draw them. */
  randn(count: number): Float32Array;
}

/**
 * Standard normal noise equal to `torch.randn(count, generator=torch.Generator().manual_seed(seed))` on a CPU, so that a
 * seed means the same picture here as in a diffusers script. The uniforms are bit-equal; the logarithm, sine and cosine are
 * float64 here and float32 polynomials in torch, so values differ by less than 1e-6 (measured in torch-randn.test.ts).
 * Source: the behaviour of torch's `normal_kernel` for contiguous float32 tensors, checked against torch 2.13.
 * @param seed integer 0 .. 2^64 - 1; torch itself uses the low 32 bits only. Beyond 2^53 pass a bigint.
 * @param count total number of values of the tensor (its shape does not matter), >= 0.
 * @throws RangeError if seed or count is not an integer in range.
 */
export function torchRandn(seed: number | bigint, count: number): Float32Array {
  return createTorchGenerator(seed).randn(count);
}

/** A generator that keeps its state between draws, like `torch.Generator`. @throws RangeError see `torchRandn`. */
export function createTorchGenerator(seed: number | bigint): TorchGenerator {
  const bits = createMersenne(seed);
  let cached: number | undefined;

  /** 53 bits of a 64-bit draw, high word first, in [0, 1). */
  const uniform64 = (): number => {
    const high = bits.next() & 0x1fffff;
    return (high * 4294967296 + bits.next()) * 2 ** -53;
  };
  const fillUniform = (out: Float32Array): void => {
    for (let i = 0; i < out.length; i++) out[i] = (bits.next() & 0xffffff) * 2 ** -24;
  };
  const scalarNormal = (): number => {
    if (cached !== undefined) {
      const value = cached;
      cached = undefined;
      return value;
    }
    const theta = 2 * Math.PI * uniform64();
    const radius = Math.sqrt(-2 * Math.log1p(-uniform64()));
    cached = radius * Math.sin(theta);
    return radius * Math.cos(theta);
  };

  return {
    randn(count) {
      if (!Number.isSafeInteger(count) || count < 0) {
        throw new RangeError(`The number of random values must be a whole number >= 0, got ${count}.`);
      }
      const out = new Float32Array(count);
      if (count < BLOCK) {
        for (let i = 0; i < count; i++) out[i] = scalarNormal();
        return out;
      }
      fillUniform(out);
      for (let start = 0; start + BLOCK <= count; start += BLOCK) boxMuller(out, start);
      if (count % BLOCK !== 0) {
        // torch redraws the last 16 values, over some that are already normal, rather than padding.
        fillUniform(out.subarray(count - BLOCK));
        boxMuller(out, count - BLOCK);
      }
      return out;
    },
  };
}

/** Turns 16 uniforms into 16 normals in place: entry j gives the radius and j + 8 the angle of a pair. */
function boxMuller(data: Float32Array, start: number): void {
  for (let j = start; j < start + BLOCK / 2; j++) {
    const radius = Math.fround(Math.sqrt(Math.fround(-2 * Math.fround(Math.log(Math.fround(1 - data[j]!))))));
    const theta = Math.fround(TWO_PI * data[j + 8]!);
    data[j] = radius * Math.fround(Math.cos(theta));
    data[j + 8] = radius * Math.fround(Math.sin(theta));
  }
}
