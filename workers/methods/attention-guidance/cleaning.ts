/** A mask over the picture: 1 and 0, row by row. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Regions below this share of the picture are specks: 33 of 64 x 64 cells (methods.md 4.4, step C). */
export const LEAST_AREA = 0.008;

/** 3 x 3 median, holes filled, specks dropped. */
export function cleaned(mask: Mask): Mask {
  return withoutSpecks(withoutHoles(median(mask)));
}

/** The majority of the 3 x 3 places around each one, edges repeated. */
export function median({ width, height, data }: Mask): Mask {
  const out = data.map((_, place) => {
    const [x, y] = [place % width, Math.floor(place / width)];
    let count = 0;
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const row = Math.min(Math.max(y + dy, 0), height - 1);
        count += data[row * width + Math.min(Math.max(x + dx, 0), width - 1)]!;
      }
    }
    return count > 4 ? 1 : 0;
  });
  return { width, height, data: out };
}

/** Fills what is not joined to the picture's edge. */
export function withoutHoles(mask: Mask): Mask {
  const { width, height, data } = mask;
  const outside = { ...mask, data: data.map((value) => 1 - value) };
  const filled = new Uint8Array(data.length).fill(1);
  for (const places of components(outside)) {
    const touches = places.some((place) => {
      const [x, y] = [place % width, Math.floor(place / width)];
      return x === 0 || y === 0 || x === width - 1 || y === height - 1;
    });
    if (touches) for (const place of places) filled[place] = 0;
  }
  return { ...mask, data: filled };
}

export function withoutSpecks(mask: Mask): Mask {
  const data = new Uint8Array(mask.data.length);
  for (const places of components(mask)) {
    if (places.length >= LEAST_AREA * data.length) for (const place of places) data[place] = 1;
  }
  return { ...mask, data };
}

/** Connected places of the mask, over edges and not corners; each in reading order, and so are they. */
export function components({ width, height, data }: Mask): number[][] {
  const seen = new Uint8Array(data.length);
  const found: number[][] = [];
  data.forEach((value, start) => {
    if (!value || seen[start]) return;
    const places = [start];
    seen[start] = 1;
    for (let i = 0; i < places.length; i++) {
      for (const next of neighbours(places[i]!, width, height)) {
        if (!data[next] || seen[next]) continue;
        seen[next] = 1;
        places.push(next);
      }
    }
    found.push(places.sort((a, b) => a - b));
  });
  return found;
}

/** Places that share an edge with this one. */
export function neighbours(place: number, width: number, height: number): number[] {
  const [x, y] = [place % width, Math.floor(place / width)];
  return [
    ...(x > 0 ? [place - 1] : []),
    ...(x < width - 1 ? [place + 1] : []),
    ...(y > 0 ? [place - width] : []),
    ...(y < height - 1 ? [place + width] : []),
  ];
}

/** Grown by so many cells in every direction, corners included. */
export function dilated({ width, height, data }: Mask, cells: number): Mask {
  const out = new Uint8Array(data.length);
  data.forEach((value, place) => {
    if (!value) return;
    const [x, y] = [place % width, Math.floor(place / width)];
    for (let row = Math.max(0, y - cells); row <= Math.min(height - 1, y + cells); row++) {
      out.fill(1, row * width + Math.max(0, x - cells), row * width + Math.min(width - 1, x + cells) + 1);
    }
  });
  return { width, height, data: out };
}
