import type { AttentionLayer } from '../methods/method';
import type { QuantisedMaps } from './types';

const FULL = 255;

/** A byte a pixel in place of four: sixteen steps of a small model then fit into a megabyte. */
export function quantise({ maps, width, height }: AttentionLayer): QuantisedMaps {
  const size = width * height;
  const data = new Uint8Array(maps.length * size);
  const largest = new Float32Array(maps.length);
  maps.forEach((map, row) => {
    const most = map.reduce((max, value) => Math.max(max, value), 0);
    largest[row] = most;
    if (most === 0) return;
    for (let i = 0; i < size; i++) data[row * size + i] = Math.round((map[i]! / most) * FULL);
  });
  return { data, largest };
}

/** The attention that these rows get together at every pixel, 0..1. @param size pixels of the layer. */
export function mapOf(
  { data, largest }: QuantisedMaps,
  rows: readonly number[],
  size: number,
): Float32Array<ArrayBuffer> {
  const sum = new Float32Array(size);
  for (const row of rows) {
    const scale = (largest[row] ?? 0) / FULL;
    for (let i = 0; i < size; i++) sum[i]! += (data[row * size + i] ?? 0) * scale;
  }
  return sum;
}
