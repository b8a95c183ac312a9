import type { Tensor } from '../../../src/core/tensor';
import type { Picture } from '../../pipeline/decoder';
import type { Box } from '../peaks';

/** How a cut becomes the picture that a network wants. */
export interface Cut {
  readonly width: number;
  readonly height: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  readonly filter: 'bilinear' | 'bicubic';
}

/** The square around a box, its side the box's longer side times `margin`, moved and if need be shrunk to lie inside the picture. */
export function squareAround([x, y, width, height]: Box, margin: number, picture: Picture): Box {
  const side = Math.min(margin * Math.max(width, height), picture.width, picture.height);
  const within = (middle: number, length: number) => Math.min(Math.max(0, middle - side / 2), length - side);
  return [within(x + width / 2, picture.width), within(y + height / 2, picture.height), side, side];
}

/**
 * A part of a picture at another size, as Pillow's Image.resize(size, filter, box) resamples it, down to its rounding to whole levels.
 * @param box in pixels, inside the picture. @returns [1, 3, height, width], (colour in 0..1 - mean) / std.
 */
export function cutOut(picture: Picture, [x, y, width, height]: Box, cut: Cut): Tensor {
  const across = weights(x, width, picture.width, cut.width, cut.filter);
  const down = weights(y, height, picture.height, cut.height, cut.filter);
  const data = new Float32Array(3 * cut.height * cut.width);
  // Rows are narrowed first, and only those that count.
  const first = Math.min(...down.map(({ start }) => start));
  const last = Math.max(...down.map(({ start, shares }) => start + shares.length));
  const narrow = new Float64Array((last - first) * cut.width);
  for (let c = 0; c < 3; c++) {
    for (let row = first; row < last; row++) {
      for (const [column, { start, shares }] of across.entries()) {
        let sum = 0;
        for (let i = 0; i < shares.length; i++) {
          sum += shares[i]! * picture.pixels[(row * picture.width + start + i) * 4 + c]!;
        }
        narrow[(row - first) * cut.width + column] = level(sum);
      }
    }
    for (const [row, { start, shares }] of down.entries()) {
      for (let column = 0; column < cut.width; column++) {
        let sum = 0;
        for (let i = 0; i < shares.length; i++) {
          sum += shares[i]! * narrow[(start + i - first) * cut.width + column]!;
        }
        data[(c * cut.height + row) * cut.width + column] = (level(sum) / 255 - cut.mean[c]!) / cut.std[c]!;
      }
    }
  }
  return { data, dims: [1, 3, cut.height, cut.width] };
}

const level = (value: number): number => Math.min(255, Math.max(0, Math.floor(value + 0.5)));

/** Which pixels make one of the new ones, and with which shares. */
interface Weights {
  readonly start: number;
  readonly shares: readonly number[];
}

function weights(
  from: number,
  length: number,
  most: number,
  count: number,
  filter: Cut['filter'],
): Weights[] {
  const { reach, at } = FILTERS[filter];
  const scale = length / count;
  // Where a picture gets smaller the filter grows with it, so that no pixel goes unseen.
  const stretch = Math.max(1, scale);
  return Array.from({ length: count }, (_, i) => {
    const centre = from + (i + 0.5) * scale;
    const start = Math.max(0, Math.floor(centre - reach * stretch + 0.5));
    const end = Math.min(most, Math.floor(centre + reach * stretch + 0.5));
    const raw = Array.from({ length: end - start }, (_, k) => at((start + k - centre + 0.5) / stretch));
    const sum = raw.reduce((a, b) => a + b, 0);
    return { start, shares: raw.map((one) => one / sum) };
  });
}

const FILTERS = {
  bilinear: { reach: 1, at: (x: number) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { reach: 2, at: keys },
} as const;

/** Keys 1981 with a = -0.5, as Pillow has it. */
function keys(given: number): number {
  const a = -0.5;
  const x = Math.abs(given);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}
