import { components, type Mask, neighbours } from './cleaning';

/** Peaks of the distance transform that rise less than this over their pass are one person: 2 cells of 64 (methods.md 4.4, step D). */
const LEAST_RISE = 2 / 64;

interface Peak {
  readonly place: number;
  /** How far it rises over the pass to a higher peak; Infinity for the highest of its component. */
  readonly rise: number;
}

/**
 * The individuals of a mask, told by its shape alone: its components, of which those that are waisted are split until there are as many as
 * expected. If there are more components, the largest are kept.
 * @param expected people, >= 1. @returns places of each, disjoint, from left to right.
 */
export function individualsByShape(mask: Mask, expected: number): number[][] {
  const parts = components(mask)
    .sort((a, b) => b.length - a.length)
    .slice(0, expected);
  const heights = distances(mask);
  const least = LEAST_RISE * Math.max(mask.width, mask.height);
  const peaks = parts.map((places) => peaksOf(places, heights, mask));
  const extra = peaks
    .flatMap((own, part) => own.filter(({ rise }) => rise !== Infinity).map((peak) => ({ peak, part })))
    .filter(({ peak }) => peak.rise >= least)
    .sort((a, b) => b.peak.rise - a.peak.rise)
    .slice(0, Math.max(0, expected - parts.length));
  const split = parts.flatMap((places, part) => {
    const summits = [
      ...peaks[part]!.filter(({ rise }) => rise === Infinity),
      ...extra.filter((one) => one.part === part).map(({ peak }) => peak),
    ];
    return toNearest(
      places,
      summits.map(({ place }) => place),
      mask.width,
    );
  });
  return leftToRight(split, mask.width);
}

/** Regions by the column of their middle. */
export function leftToRight(regions: readonly number[][], width: number): number[][] {
  const middle = (places: readonly number[]) =>
    places.reduce((sum, place) => sum + (place % width), 0) / places.length;
  return regions.filter((places) => places.length > 0).sort((a, b) => middle(a) - middle(b));
}

/** Euclidean distance of every place to the nearest one outside the mask, in cells; 0 outside. The picture's edge is not outside. */
export function distances({ width, height, data }: Mask): Float32Array {
  const outside = [...data.keys()].filter((place) => !data[place]);
  return Float32Array.from(data, (value, place) => {
    if (!value) return 0;
    let least = width * width + height * height;
    for (const other of outside) {
      const dx = (other % width) - (place % width);
      const dy = Math.floor(other / width) - Math.floor(place / width);
      least = Math.min(least, dx * dx + dy * dy);
    }
    return Math.sqrt(least);
  });
}

/** The peaks of a component, by flooding it from the top: where two floods meet, the lower peak's rise is known. */
function peaksOf(places: readonly number[], heights: Float32Array, { width, height }: Mask): Peak[] {
  const order = places.toSorted((a, b) => heights[b]! - heights[a]! || a - b);
  const parent = new Map<number, number>();
  const rises = new Map<number, number>();
  const top = (place: number): number => {
    const above = parent.get(place)!;
    return above === place ? place : top(above);
  };
  for (const place of order) {
    const floods = [
      ...new Set(
        neighbours(place, width, height)
          .filter((next) => parent.has(next))
          .map(top),
      ),
    ].sort((a, b) => heights[b]! - heights[a]! || a - b);
    const [highest = place, ...lower] = floods;
    parent.set(place, highest);
    if (floods.length === 0) rises.set(place, Infinity);
    for (const flood of lower) {
      rises.set(flood, heights[flood]! - heights[place]!);
      parent.set(flood, highest);
    }
  }
  return [...rises].map(([place, rise]) => ({ place, rise }));
}

function toNearest(places: readonly number[], summits: readonly number[], width: number): number[][] {
  const parts = summits.map((): number[] => []);
  for (const place of places) {
    const apart = summits.map((summit) =>
      Math.hypot((summit % width) - (place % width), Math.floor(summit / width) - Math.floor(place / width)),
    );
    parts[apart.indexOf(Math.min(...apart))]!.push(place);
  }
  return parts;
}
