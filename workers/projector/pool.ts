import { type Tensor, tensor } from '../../src/core/tensor';

/**
 * Most cells a side that a latent is pooled to. 16 leaves a small model's latents as they are and makes cells of 4 x 4 of Stable
 * Diffusion's 64 x 64. (8, as methods.md has it, tells the sets apart too, but what it then changes is not what they differ in.)
 */
const GRID = 16;

/** Shape [channels, height, width] of a pooled latent. Sides of up to 16 stay as they are. */
export function pooledDims(latentDims: readonly [number, number, number]): [number, number, number] {
  const [channels, height, width] = latentDims;
  return [channels, Math.min(GRID, height), Math.min(GRID, width)];
}

/**
 * Mean over cells, as torch's adaptive_avg_pool2d. @param latent [channels, height, width].
 * @returns [channels, min(16, height), min(16, width)], flat.
 */
export function pool({ data, dims }: Tensor): Float32Array {
  const [channels, height, width] = dimsOf(dims);
  const [, rows, columns] = pooledDims([channels, height, width]);
  const out = new Float32Array(channels * rows * columns);
  forEachCell(channels, [height, rows], [width, columns], (from, to, share) => {
    out[to]! += share * data[from]!;
  });
  return out;
}

/** The transpose of `pool`: a gradient of pooled numbers becomes one of the latent of these dims. */
export function unpool(gradient: Float32Array, dims: readonly number[]): Tensor {
  const [channels, height, width] = dimsOf(dims);
  const [, rows, columns] = pooledDims([channels, height, width]);
  const out = new Float32Array(channels * height * width);
  forEachCell(channels, [height, rows], [width, columns], (from, to, share) => {
    out[from]! += share * gradient[to]!;
  });
  return tensor(out, dims);
}

/** Left and right changed over. @param pooled flat [channels, rows, columns]. */
export function mirror(pooled: Float32Array, columns: number): Float32Array {
  return pooled.map((_, i) => {
    const column = i % columns;
    return pooled[i - column + (columns - 1 - column)]!;
  });
}

/** Calls back for every latent value in every cell it counts in, with its share of that cell's mean. */
function forEachCell(
  channels: number,
  [height, rows]: readonly [number, number],
  [width, columns]: readonly [number, number],
  visit: (from: number, to: number, share: number) => void,
): void {
  const down = stretches(height, rows);
  const across = stretches(width, columns);
  for (let c = 0; c < channels; c++) {
    for (const [row, [top, bottom]] of down.entries()) {
      for (const [column, [left, right]] of across.entries()) {
        const share = 1 / ((bottom - top) * (right - left));
        const to = (c * rows + row) * columns + column;
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++) visit((c * height + y) * width + x, to, share);
        }
      }
    }
  }
}

function stretches(length: number, parts: number): (readonly [start: number, end: number])[] {
  return Array.from({ length: parts }, (_, i) => [
    Math.floor((i * length) / parts),
    Math.ceil(((i + 1) * length) / parts),
  ]);
}

function dimsOf(dims: readonly number[]): [number, number, number] {
  const [channels, height, width] = dims;
  if (dims.length !== 3 || !channels || !height || !width) {
    throw new RangeError(`A latent has the shape [channels, height, width], got [${dims.join(', ')}].`);
  }
  return [channels, height, width];
}
