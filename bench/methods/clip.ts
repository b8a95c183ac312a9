import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Tensor } from '../../src/core/tensor';
import type { Condition } from '../../workers/methods/method';
import type { Picture } from '../../workers/pipeline/decoder';
import type { Runtime } from '../../workers/runtime/runtime';

/** World-CLIP with its image tower (training/export_clip.py). It measures and does not ship. */
const GRAPH = 'bench/model/clip.onnx';
const TAPS = ['features_0', 'features_1', 'features_2', 'features_3'] as const;

/** What world-CLIP sees in a picture. */
export interface Seen {
  /** Unit vector of the space that pictures and texts share. */
  readonly embedding: Float32Array;
  /** [1, C, H, W] of four layers, of unit length at each cell. */
  readonly features: readonly Tensor[];
}

export interface MeasuringClip {
  see(picture: Picture): Promise<Seen>;
  /** @param condition of the shipped text encoder; @returns a unit vector. */
  understand(condition: Condition): Promise<Float32Array>;
}

export const clipHash = (): string => createHash('sha256').update(readFileSync(GRAPH)).digest('hex');

export async function openClip(runtime: Runtime): Promise<MeasuringClip> {
  const graph = await runtime.open(new Uint8Array(readFileSync(GRAPH)), GRAPH);
  const run = async (image: Tensor, pooled: Tensor) => graph.run({ image, pooler_output: pooled });
  const noImage: Tensor = { data: new Float32Array(3 * 128 * 128), dims: [1, 3, 128, 128] };
  const width = Number(graph.inputs.find(({ name }) => name === 'pooler_output')?.dims[1] ?? 0);
  const noText: Tensor = { data: new Float32Array(width).fill(1), dims: [1, width] };
  return {
    async see(picture) {
      const outputs = await run(signedPlanes(picture), noText);
      return {
        embedding: output(outputs, 'image_embedding').data,
        features: TAPS.map((tap) => output(outputs, tap)),
      };
    },
    async understand({ k, eos }) {
      const row = k.data.slice(eos * width, (eos + 1) * width);
      return output(await run(noImage, { data: row, dims: [1, width] }), 'text_embedding').data;
    },
  };
}

/**
 * Mean over four layers of the mean over cells of |a - b|^2 / 2 of their unit features: 0 for equal pictures, 1 for unrelated ones. As
 * LPIPS is built, but in world-CLIP's image tower, and without learned weights: it is not LPIPS.
 * @param weights of each pixel, row-major, side x side; absent: all alike. @returns 0 .. 2, NaN where nothing has weight.
 */
export function featureDistance(
  a: Seen,
  b: Seen,
  weights?: { readonly of: ArrayLike<number>; readonly side: number },
): number {
  const layers = a.features.map((one, layer) => layerDistance(one, b.features[layer]!, weights));
  return layers.reduce((sum, distance) => sum + distance, 0) / layers.length;
}

function layerDistance(
  { data, dims }: Tensor,
  other: Tensor,
  weights: { readonly of: ArrayLike<number>; readonly side: number } | undefined,
): number {
  const [, channels, rows, columns] = dims as [number, number, number, number];
  const cells = rows * columns;
  let sum = 0;
  let total = 0;
  for (let cell = 0; cell < cells; cell++) {
    const weight = weights ? cellWeight(weights, rows, Math.floor(cell / columns), cell % columns) : 1;
    if (weight === 0) continue;
    let square = 0;
    for (let c = 0; c < channels; c++)
      square += (data[c * cells + cell]! - other.data[c * cells + cell]!) ** 2;
    sum += (weight * square) / 2;
    total += weight;
  }
  return sum / total;
}

/** Mean weight of the pixels of a cell. */
function cellWeight(
  { of, side }: { readonly of: ArrayLike<number>; readonly side: number },
  rows: number,
  row: number,
  column: number,
): number {
  const size = side / rows;
  let sum = 0;
  for (let y = row * size; y < (row + 1) * size; y++) {
    for (let x = column * size; x < (column + 1) * size; x++) sum += of[y * side + x]!;
  }
  return sum / size ** 2;
}

/** Of unit vectors. */
export function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** [1, 3, H, W] in -1..1. */
function signedPlanes({ width, height, pixels }: Picture): Tensor {
  const count = width * height;
  const data = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) data[c * count + i] = pixels[i * 4 + c]! / 127.5 - 1;
  }
  return { data, dims: [1, 3, height, width] };
}

function output(outputs: Readonly<Record<string, Tensor>>, name: string): Tensor {
  const found = outputs[name];
  if (!found)
    throw new RangeError(`${GRAPH} lacks its output ${name}: export it again (training/export_clip.py).`);
  return found;
}
