/** Numbers over the picture, row by row. */
export interface Grid {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

export function grid(width: number, height: number, data: Iterable<number>): Grid {
  return { width, height, data: Float32Array.from(data) };
}

/** Value by value. @param of of the value and its place. */
export function mapped({ width, height, data }: Grid, of: (value: number, place: number) => number): Grid {
  return { width, height, data: data.map(of) };
}

/** Bilinear, pixel centres at halves and edges repeated: torch's interpolate(mode='bilinear', align_corners=False). */
export function resized(source: Grid, width: number, height: number): Grid {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = between(y, height, source.height);
    for (let x = 0; x < width; x++) {
      const [left, right, along] = between(x, width, source.width);
      const at = (row: number, column: number) => source.data[row * source.width + column]!;
      const above = at(top, left) * (1 - along) + at(top, right) * along;
      const below = at(bottom, left) * (1 - along) + at(bottom, right) * along;
      data[y * width + x] = above * (1 - down) + below * down;
    }
  }
  return { width, height, data };
}

/** The two source places around target place i, and how far it is on the way from the first to the second. */
function between(i: number, target: number, source: number): [number, number, number] {
  const place = Math.max(0, ((i + 0.5) * source) / target - 0.5);
  const first = Math.min(Math.floor(place), source - 1);
  return [first, Math.min(first + 1, source - 1), place - first];
}

/** To 0..1 by its smallest and largest value; all 0 where it is flat. */
export function normalised(source: Grid): Grid {
  const { data } = source;
  const least = data.reduce((a, b) => Math.min(a, b), Infinity);
  const span = data.reduce((a, b) => Math.max(a, b), -Infinity) - least;
  return mapped(source, (value) => (span > 0 ? (value - least) / span : 0));
}

/**
 * Otsu's threshold, exact: of all ways to part the sorted values in two, the one with the largest variance between the parts.
 * @returns half-way between the two parts; the value itself where all are equal.
 */
export function otsu(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const total = sorted.reduce((sum, value) => sum + value, 0);
  let [best, threshold, sum] = [-1, sorted[0] ?? 0, 0];
  for (let k = 1; k < n; k++) {
    sum += sorted[k - 1]!;
    if (sorted[k] === sorted[k - 1]) continue;
    const between = k * (n - k) * (sum / k - (total - sum) / (n - k)) ** 2;
    if (between > best) [best, threshold] = [between, (sorted[k - 1]! + sorted[k]!) / 2];
  }
  return threshold;
}

/** 3 x 3 Gaussian, sigma in cells, edges repeated. */
export function blurred(source: Grid, sigma = 1): Grid {
  const side = Math.exp(-1 / (2 * sigma * sigma));
  const [outer, inner] = [side / (1 + 2 * side), 1 / (1 + 2 * side)];
  const { width, height } = source;
  const clamp = (i: number, length: number) => Math.min(Math.max(i, 0), length - 1);
  const along = mapped(source, (value, place) => {
    const row = place - (place % width);
    const at = (x: number) => source.data[row + clamp(x, width)]!;
    return inner * value + outer * (at((place % width) - 1) + at((place % width) + 1));
  });
  return mapped(along, (value, place) => {
    const y = Math.floor(place / width);
    const at = (row: number) => along.data[clamp(row, height) * width + (place % width)]!;
    return inner * value + outer * (at(y - 1) + at(y + 1));
  });
}
