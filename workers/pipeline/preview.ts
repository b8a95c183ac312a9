import { type Matrix, matrix, multiply, solveSpd } from '../../src/core/linalg';
import type { Tensor } from '../../src/core/tensor';
import type { Picture } from './decoder';

/** Guesses a small picture from a latent without running the decoder. */
export interface Previewer {
  /** Whether it has learnt from at least one picture. */
  readonly ready: boolean;
  /** Learns from a latent [channels, height, width] and what the decoder made of it. */
  learn(latent: Tensor, picture: Picture): void;
  /** @throws Error before it is ready. */
  draw(latent: Tensor): Picture;
}

/** Pixels of the preview per latent cell and side. */
const SCALE = 4;
const OUTPUTS = SCALE * SCALE * 3;
/** A linear map is known well after this many pictures; more would only cost time (1 dB from 5 pictures to 24). */
const ENOUGH = 8;

/**
 * A linear map from the 3 x 3 latent cells around a place to the pixels there, fitted by least squares to the pictures that
 * the decoder has made so far: every model then gets previews, and none has to ship factors for them.
 * @param channels of the latent.
 */
export function createPreviewer(channels: number): Previewer {
  const inputs = 9 * channels + 1;
  const gram = matrix(inputs, inputs);
  const moment = matrix(inputs, OUTPUTS);
  let learnt = 0;
  let weights: Matrix | undefined;

  function learn(latent: Tensor, picture: Picture) {
    if (learnt >= ENOUGH) return;
    learnt += 1;
    weights = undefined;
    const places = placesOf(latent, channels);
    const pixels = cellPixels(picture, latent.dims[1]!, latent.dims[2]!);
    addGram(gram, places);
    addProduct(moment, places, pixels);
  }

  function solved(): Matrix {
    const ridge = matrix(inputs, inputs, gram.data.slice());
    const trace = Array.from({ length: inputs }, (_, i) => gram.data[i * (inputs + 1)]!).reduce(
      (a, b) => a + b,
      0,
    );
    for (let i = 0; i < inputs; i++) ridge.data[i * (inputs + 1)]! += (1e-3 * trace) / inputs + 1e-9;
    return solveSpd(ridge, moment);
  }

  return {
    get ready() {
      return learnt > 0;
    },
    learn,
    draw(latent) {
      if (learnt === 0) throw new Error('A previewer must learn from a picture before it can draw one.');
      weights ??= solved();
      return toPicture(multiply(placesOf(latent, channels), weights), latent.dims[1]!, latent.dims[2]!);
    },
  };
}

/** One row per latent cell: its 3 x 3 neighbourhood in every channel (edges repeated), and 1. */
function placesOf({ data, dims }: Tensor, channels: number): Matrix {
  const height = dims[1]!;
  const width = dims[2]!;
  const places = matrix(height * width, 9 * channels + 1);
  let at = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        for (let dy = -1; dy <= 1; dy++) {
          for (let dx = -1; dx <= 1; dx++) {
            const row = Math.min(height - 1, Math.max(0, y + dy));
            const column = Math.min(width - 1, Math.max(0, x + dx));
            places.data[at++] = data[(c * height + row) * width + column]!;
          }
        }
      }
      places.data[at++] = 1;
    }
  }
  return places;
}

/** One row per latent cell: the SCALE x SCALE x RGB mean colours of the picture there, 0..255. */
function cellPixels(picture: Picture, rows: number, columns: number): Matrix {
  const cells = matrix(rows * columns, OUTPUTS);
  const blockWidth = picture.width / (columns * SCALE);
  const blockHeight = picture.height / (rows * SCALE);
  for (let y = 0; y < rows * SCALE; y++) {
    for (let x = 0; x < columns * SCALE; x++) {
      const colour = meanColour(picture, x * blockWidth, y * blockHeight, blockWidth, blockHeight);
      cells.data.set(colour, cellOffset(x, y, columns));
    }
  }
  return cells;
}

function meanColour(picture: Picture, left: number, top: number, width: number, height: number): number[] {
  const sum = [0, 0, 0];
  let count = 0;
  for (let y = Math.floor(top); y < Math.max(top + height, Math.floor(top) + 1); y++) {
    for (let x = Math.floor(left); x < Math.max(left + width, Math.floor(left) + 1); x++) {
      for (let c = 0; c < 3; c++) sum[c]! += picture.pixels[(y * picture.width + x) * 4 + c]!;
      count += 1;
    }
  }
  return sum.map((value) => value / count);
}

/** Where the colour of the preview's pixel (x, y) stands among the outputs of its cell. */
function cellOffset(x: number, y: number, columns: number): number {
  const cell = Math.floor(y / SCALE) * columns + Math.floor(x / SCALE);
  return cell * OUTPUTS + ((y % SCALE) * SCALE + (x % SCALE)) * 3;
}

function toPicture(cells: Matrix, rows: number, columns: number): Picture {
  const width = columns * SCALE;
  const height = rows * SCALE;
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = cellOffset(x, y, columns);
      const to = (y * width + x) * 4;
      for (let c = 0; c < 3; c++) pixels[to + c] = cells.data[from + c]!;
      pixels[to + 3] = 255;
    }
  }
  return { width, height, pixels };
}

/** The lower triangle of total += a^T a: solveSpd reads no more, and with 24 channels this is what learning costs. */
function addGram(total: Matrix, a: Matrix): void {
  for (let row = 0; row < a.rows; row++) {
    const values = a.data.subarray(row * a.cols, (row + 1) * a.cols);
    for (let i = 0; i < a.cols; i++) {
      const factor = values[i]!;
      for (let j = 0; j <= i; j++) total.data[i * a.cols + j]! += factor * values[j]!;
    }
  }
}

/** total += a^T b. */
function addProduct(total: Matrix, a: Matrix, b: Matrix): void {
  for (let row = 0; row < a.rows; row++) {
    for (let i = 0; i < a.cols; i++) {
      const factor = a.data[row * a.cols + i]!;
      for (let j = 0; j < b.cols; j++) total.data[i * b.cols + j]! += factor * b.data[row * b.cols + j]!;
    }
  }
}
