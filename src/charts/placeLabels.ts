export interface LabelPoint {
  /** In pixels. */
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

export interface PlacedLabel {
  readonly x: number;
  /** Middle of the line of text. */
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

const GAP = 12;
const LINE = 17;
/** Of 13 px text, on average. */
const CHARACTER = 7.6;

/**
 * A place for every label beside its point: to the right where there is room up to `right`, else to the left of it, else as far
 * to the right as it goes; where two would lie over each other, the upper one moves up. Points at the bottom, where fair lanes gather, thus never push labels out.
 * @returns in the order of the points.
 */
export function placeLabels(
  points: readonly LabelPoint[],
  { left, right }: { readonly left: number; readonly right: number },
): readonly PlacedLabel[] {
  const placed: (PlacedLabel & { readonly from: number; readonly to: number })[] = [];
  const order = points.map((point, index) => ({ ...point, index })).sort((a, b) => b.y - a.y || a.x - b.x);
  const result: PlacedLabel[] = [];
  for (const { x, y, text, index } of order) {
    const width = text.length * CHARACTER;
    const fitsLeft = x - GAP - width >= left;
    const anchor = x + GAP + width <= right || !fitsLeft ? 'start' : 'end';
    const from = anchor === 'start' ? Math.min(x + GAP, Math.max(left, right - width)) : x - GAP - width;
    const label = { x: anchor === 'start' ? from : x - GAP, y, anchor, from, to: from + width } as const;
    const beside = placed.filter((other) => other.from < label.to && label.from < other.to);
    // Over the point itself a label must stand clear of it.
    let free = from < x && x < from + width ? y - 8 : y;
    // Upwards past every label in the way; placed ones are looked at from the lowest.
    for (const other of beside.sort((a, b) => b.y - a.y)) {
      if (Math.abs(other.y - free) < LINE) free = other.y - LINE;
    }
    placed.push({ ...label, y: free });
    result[index] = { x: label.x, y: free, anchor };
  }
  return result;
}
