import type { Pixels } from './similarity';

/**
 * Measures of pictures that stand in for RS-Corrector's "facial aesthetics" (methods 4.1, ours). They count what is in the pixels, for
 * comparing lanes on the same seeds; none of them says how a face should look, and none is a beauty score.
 */

/** A head in pixels of the picture, as the reader gives it. */
export type HeadBox = readonly [x: number, y: number, width: number, height: number];

export interface SkinMeasures {
  /** Pixels of the head that have the colour of its skin. */
  readonly area: number;
  /** High-frequency energy: mean absolute 4-neighbour Laplacian of luminance over the skin, in levels of 256. */
  readonly texture: number;
  /** Small spots lighter than the skin around them (highlights), per 1000 pixels of skin. */
  readonly lightSpots: number;
  /** Small darker spots, per 1000 pixels of skin. */
  readonly darkSpots: number;
}

/** Largest distance in CIELAB (CIE 1976) from the skin's median colour. */
const SKIN_DISTANCE = 15;
/** How far a spot stands off from its surroundings, in L*. */
const SPOT_CONTRAST = 8;
/** Pixels to each side that make up a spot's surroundings. */
const SPOT_RADIUS = 4;
/** A larger patch is a feature (an eye, a mouth), not a spot; as a share of the head box. */
const SPOT_LARGEST = 0.005;
const SPOT_SMALLEST = 2;

/**
 * The skin of one head: what is near the median colour of the middle of its box.
 * @returns undefined if fewer than 16 pixels of the head lie in the picture or have that colour.
 */
export function skinMeasures(picture: Pixels, box: HeadBox): SkinMeasures | undefined {
  const found = skinOf(picture, box);
  if (!found) return undefined;
  const { head, skin, area } = found;
  const { width, height, lightness, luminance } = head;

  let energy = 0;
  let inside = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const i = y * width + x;
      const around = [i - 1, i + 1, i - width, i + width];
      if (!skin[i] || !around.every((n) => skin[n])) continue;
      energy += Math.abs(4 * luminance[i]! - around.reduce((sum, n) => sum + luminance[n]!, 0));
      inside += 1;
    }
  }
  const contrast = lightness.map((value, i) => value - surroundings(head, skin, i));
  const largest = SPOT_LARGEST * width * height;
  const perThousand = (sign: 1 | -1) =>
    (1000 *
      countSpots(
        contrast.map((value) => sign * value > SPOT_CONTRAST),
        width,
        largest,
      )) /
    area;
  return {
    area,
    texture: inside === 0 ? 0 : energy / inside,
    lightSpots: perThousand(1),
    darkSpots: perThousand(-1),
  };
}

/** CIELAB colours of the pixels of one head that are skin. @returns as skinMeasures. */
export function skinColours(picture: Pixels, box: HeadBox): Triple[] | undefined {
  const found = skinOf(picture, box);
  if (!found) return undefined;
  const { lightness, a, b } = found.head;
  return found.skin.flatMap((one, i) => (one ? [[lightness[i]!, a[i]!, b[i]!] as const] : []));
}

function skinOf(picture: Pixels, box: HeadBox) {
  const head = crop(picture, box);
  if (!head) return undefined;
  const { width, height, lightness, a, b } = head;
  const middle = indicesWithin(width, height, 0.3);
  const centre = [lightness, a, b].map((channel) => median(middle.map((i) => channel[i]!)));
  const skin = lightness.map((value, i): number =>
    Math.hypot(value - centre[0]!, a[i]! - centre[1]!, b[i]! - centre[2]!) <= SKIN_DISTANCE ? 1 : 0,
  );
  const area = skin.reduce((sum, one) => sum + one, 0);
  return area < 16 ? undefined : { head, skin, area };
}

export interface PictureQuality {
  /** Variance of the 4-neighbour Laplacian of luminance (Pech-Pacheco et al. 2000): higher is sharper, and noisier. */
  readonly sharpness: number;
  /** Standard deviation of noise in levels of 256 (Immerkaer 1996); fine lines count as noise too. */
  readonly noise: number;
}

/** No-reference quality of a whole picture. @throws RangeError if a side is below 3. */
export function pictureQuality(picture: Pixels): PictureQuality {
  const { width, height } = picture;
  if (width < 3 || height < 3) {
    throw new RangeError(`A picture needs 3 x 3 pixels to be judged, got ${width} x ${height}.`);
  }
  const y = luminanceOf(picture);
  const laplacian: number[] = [];
  let noise = 0;
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) {
      const i = row * width + column;
      const cross = y[i - 1]! + y[i + 1]! + y[i - width]! + y[i + width]!;
      const corners = y[i - width - 1]! + y[i - width + 1]! + y[i + width - 1]! + y[i + width + 1]!;
      laplacian.push(cross - 4 * y[i]!);
      noise += Math.abs(4 * y[i]! - 2 * cross + corners);
    }
  }
  const mean = laplacian.reduce((sum, value) => sum + value, 0) / laplacian.length;
  const sharpness = laplacian.reduce((sum, value) => sum + (value - mean) ** 2, 0) / laplacian.length;
  return { sharpness, noise: (Math.sqrt(Math.PI / 2) * noise) / (6 * laplacian.length) };
}

interface Head {
  readonly width: number;
  readonly height: number;
  /** CIELAB planes. */
  readonly lightness: readonly number[];
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Rec. 601, 0..255. */
  readonly luminance: readonly number[];
}

function crop(picture: Pixels, [x, y, width, height]: HeadBox): Head | undefined {
  const left = Math.max(0, Math.round(x));
  const top = Math.max(0, Math.round(y));
  const columns = Math.min(picture.width, Math.round(x + width)) - left;
  const rows = Math.min(picture.height, Math.round(y + height)) - top;
  if (columns * rows < 16 || columns < 3 || rows < 3) return undefined;
  const at = Array.from(
    { length: columns * rows },
    (_, i) => (top + Math.floor(i / columns)) * picture.width + left + (i % columns),
  );
  const lab = at.map((pixel) => labOf(rgbOf(picture, pixel)));
  const luminance = luminanceOf(picture);
  return {
    width: columns,
    height: rows,
    lightness: lab.map(([l]) => l),
    a: lab.map(([, a]) => a),
    b: lab.map(([, , b]) => b),
    luminance: at.map((pixel) => luminance[pixel]!),
  };
}

type Triple = readonly [number, number, number];

function rgbOf({ data, channels }: Pixels, pixel: number): Triple {
  const at = pixel * channels;
  return channels === 1 ? [data[at]!, data[at]!, data[at]!] : [data[at]!, data[at + 1]!, data[at + 2]!];
}

function luminanceOf(picture: Pixels): number[] {
  return Array.from({ length: picture.width * picture.height }, (_, pixel) => {
    const [r, g, b] = rgbOf(picture, pixel);
    return 0.299 * r + 0.587 * g + 0.114 * b;
  });
}

/** sRGB 0..255 to CIELAB, D65 (IEC 61966-2-1, CIE 15). */
export function labOf(rgb: Triple): Triple {
  const [r, g, b] = rgb.map((level) => {
    const value = level / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const f = (t: number) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Pixels of the middle of a box. @param margin share of each side that is left out. */
function indicesWithin(width: number, height: number, margin: number): number[] {
  const inside = (value: number, length: number) => value >= margin * length && value < (1 - margin) * length;
  return Array.from({ length: width * height }, (_, i) => i).filter(
    (i) => inside(i % width, width) && inside(Math.floor(i / width), height),
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** Mean lightness of the skin around a pixel; the pixel's own where less than 60 % of what is around it is skin. */
function surroundings({ width, height, lightness }: Head, skin: readonly number[], i: number): number {
  const [column, row] = [i % width, Math.floor(i / width)];
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, row - SPOT_RADIUS); y <= Math.min(height - 1, row + SPOT_RADIUS); y++) {
    for (let x = Math.max(0, column - SPOT_RADIUS); x <= Math.min(width - 1, column + SPOT_RADIUS); x++) {
      if (!skin[y * width + x]) continue;
      sum += lightness[y * width + x]!;
      count += 1;
    }
  }
  return count > 0.6 * (2 * SPOT_RADIUS + 1) ** 2 ? sum / count : lightness[i]!;
}

/** 4-connected patches of a size between SPOT_SMALLEST and `largest` pixels. */
function countSpots(marked: readonly boolean[], width: number, largest: number): number {
  const left = [...marked];
  let spots = 0;
  for (let start = 0; start < left.length; start++) {
    if (!left[start]) continue;
    left[start] = false;
    const patch = [start];
    for (let next = 0; next < patch.length; next++) {
      const i = patch[next]!;
      const sides = [
        i - width,
        i + width,
        ...(i % width > 0 ? [i - 1] : []),
        ...(i % width < width - 1 ? [i + 1] : []),
      ];
      for (const side of sides) {
        if (!left[side]) continue;
        left[side] = false;
        patch.push(side);
      }
    }
    if (patch.length >= SPOT_SMALLEST && patch.length <= largest) spots += 1;
  }
  return spots;
}
