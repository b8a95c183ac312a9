import { EvenhandError } from '../../src/core/errors';
import type { Tensor } from '../../src/core/tensor';
import type { Picture } from '../pipeline/decoder';
import type { PersonReading } from '../protocol';
import type { Graph } from '../runtime/runtime';
import type { ReaderConfig } from './config';
import { type Box, findPeaks, thin } from './peaks';

/** Finds every person in a picture and reads their attributes. */
export interface Reader {
  /** @returns people from left to right; an empty list when nobody is found. */
  read(picture: Picture): Promise<readonly PersonReading[]>;
}

export interface ReaderMaps {
  /** [1, 1, rows, columns] logits. */
  readonly heat: Tensor;
  /** [1, 4, rows, columns]: dx, dy in cells, log width, log height. */
  readonly box: Tensor;
  /** [1, values, rows, columns] logits of all attributes, one after another. */
  readonly attributes: Tensor;
}

export function createReader(graph: Graph, config: ReaderConfig): Reader {
  const input = graph.inputs[0]?.name ?? 'picture';
  return {
    async read(picture) {
      const { heat, box, attributes } = await graph.run({ [input]: toInput(picture, config) });
      if (!heat || !box || !attributes) {
        throw new EvenhandError(
          'model-unsupported',
          'The reader of this model lacks one of its outputs heat, box, attributes.',
          'Get the model again from its source.',
        );
      }
      return decodeReadings({ heat, box, attributes }, config, picture.width / config.input.size);
    },
  };
}

/** The picture as the reader wants it: [1, 3, size, size], normalised; sampled at the nearest pixel if sizes differ. */
export function toInput({ pixels, width, height }: Picture, { input }: ReaderConfig): Tensor {
  const { size, mean, std } = input;
  const data = new Float32Array(3 * size * size);
  for (let y = 0; y < size; y++) {
    const row = Math.floor(((y + 0.5) * height) / size);
    for (let x = 0; x < size; x++) {
      const column = Math.floor(((x + 0.5) * width) / size);
      for (let c = 0; c < 3; c++) {
        const value = pixels[(row * width + column) * 4 + c]! / 255;
        data[(c * size + y) * size + x] = (value - mean[c]!) / std[c]!;
      }
    }
  }
  return { data, dims: [1, 3, size, size] };
}

/** @param scale pixels of the picture per pixel of the reader's input. */
export function decodeReadings(maps: ReaderMaps, config: ReaderConfig, scale: number): PersonReading[] {
  const [, , rows, columns] = maps.heat.dims;
  if (!rows || !columns) return [];
  const cells = rows * columns;
  const found = findPeaks(maps.heat.data, rows, columns, config.heatThreshold).map(
    ({ row, column, score }) => {
      const cell = row * columns + column;
      const channel = (index: number) => maps.box.data[index * cells + cell]!;
      const width = config.boxUnit * Math.exp(channel(2));
      const height = config.boxUnit * Math.exp(channel(3));
      const x = (column + 0.5 + channel(0)) * config.stride - width / 2;
      const y = (row + 0.5 + channel(1)) * config.stride - height / 2;
      const box: Box = [x * scale, y * scale, width * scale, height * scale];
      return { box, score, attributes: readAttributes(maps.attributes.data, cells, cell, config) };
    },
  );
  return thin(found, config.nmsIou).sort((a, b) => a.box[0] - b.box[0]);
}

function readAttributes(
  logits: Float32Array,
  cells: number,
  cell: number,
  config: ReaderConfig,
): Record<string, number[]> {
  return Object.fromEntries(
    config.attributes.map(({ id, values, offset, temperature }) => {
      const own = values.map((_, k) => logits[(offset + k) * cells + cell]! / temperature);
      return [id, softmax(own)];
    }),
  );
}

/** @returns probabilities that sum to 1. */
export function softmax(logits: readonly number[]): number[] {
  const highest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - highest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
