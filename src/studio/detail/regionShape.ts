import type { Region } from '../../../workers/protocol';
import { fromRuns } from '../../core/runs';

/** A region as SVG paths, on a grid of its own columns and rows. */
export interface RegionShape {
  /** Its places, as one rectangle a run. */
  readonly area: string;
  /** The line around them. */
  readonly outline: string;
  /** Its middle at the top, where a label stands. */
  readonly top: { readonly x: number; readonly y: number };
}

/** @returns null for a region without a place. */
export function shapeOf({ columns, rows, runs }: Region): RegionShape | null {
  const mask = fromRuns(runs, columns * rows);
  const inside = (x: number, y: number) =>
    x >= 0 && x < columns && y >= 0 && y < rows && mask[y * columns + x] === 1;
  let area = '';
  let outline = '';
  let top: RegionShape['top'] | undefined;
  for (let y = 0; y < rows; y++) {
    const filled: number[] = [];
    for (let x = 0; x < columns; x++) {
      if (!inside(x, y)) continue;
      filled.push(x);
      area += `M${x} ${y}h1v1h-1z`;
      if (!inside(x, y - 1)) outline += `M${x} ${y}h1`;
      if (!inside(x, y + 1)) outline += `M${x} ${y + 1}h1`;
      if (!inside(x - 1, y)) outline += `M${x} ${y}v1`;
      if (!inside(x + 1, y)) outline += `M${x + 1} ${y}v1`;
    }
    const [first] = filled;
    if (first !== undefined) top ??= { x: (first + filled.at(-1)! + 1) / 2, y };
  }
  return top ? { area, outline, top } : null;
}
