/** 16-bit floats, IEEE 754. TypeScript has no array of them yet that every browser knows. */

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);
/** Beyond it half precision knows only infinity. */
export const LARGEST_HALF = 65504;

/** @param bits 0 .. 65535. */
export function halfOf(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bits of the nearest half, ties to even. @param value a float32. */
export function bitsOfHalf(value: number): number {
  FLOAT[0] = value;
  const bits = BITS[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(FLOAT[0]!);
  if (Number.isNaN(magnitude)) return sign | 0x7e00;
  // Half a step above the largest half rounds up, to infinity.
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = (bits >>> 23) & 255;
  if (exponent < 113) return sign | toEven(magnitude * 2 ** 24);
  // Carrying over from the fraction into the exponent is what rounding up means.
  return sign | (((exponent - 112) << 10) + toEven((bits & 0x7fffff) / 2 ** 13));
}

function toEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
