/** A place where the heat map says that a head's centre is. */
export interface Peak {
  readonly row: number;
  readonly column: number;
  /** 0..1. */
  readonly score: number;
}

export type Box = readonly [x: number, y: number, width: number, height: number];

/**
 * Cells that are over the threshold and the hottest of their 3 x 3 neighbourhood (CenterNet, Zhou et al. 2019, section 4),
 * hottest first. Of equal neighbours the first in reading order counts.
 * @param heat logits, [rows, columns] row-major; @param threshold 0..1, of the sigmoid.
 */
export function findPeaks(heat: Float32Array, rows: number, columns: number, threshold: number): Peak[] {
  const peaks: Peak[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const logit = heat[row * columns + column]!;
      const score = 1 / (1 + Math.exp(-logit));
      if (score > threshold && isHottest(heat, rows, columns, row, column))
        peaks.push({ row, column, score });
    }
  }
  return peaks.sort((a, b) => b.score - a.score);
}

function isHottest(heat: Float32Array, rows: number, columns: number, row: number, column: number): boolean {
  const own = heat[row * columns + column]!;
  for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
      const other = heat[y * columns + x]!;
      const isEarlier = y < row || (y === row && x < column);
      if (other > own || (other === own && isEarlier)) return false;
    }
  }
  return true;
}

/** Intersection over union of two boxes, 0..1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}

/** Keeps of any two that overlap by more than `limit` the first; the list is sorted, best first. */
export function thin<T extends { readonly box: Box }>(found: readonly T[], limit: number): T[] {
  const kept: T[] = [];
  for (const candidate of found) {
    if (kept.every(({ box }) => overlap(box, candidate.box) <= limit)) kept.push(candidate);
  }
  return kept;
}
