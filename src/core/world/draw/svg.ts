/** Tiny SVG and colour helpers. Numbers are rounded to 2 decimals so that the same picture is the same string. */

const n = (v: number): string => String(Math.round(v * 100) / 100);

/** A path, circle or rectangle list is just a string; `''` draws nothing. */
export type Svg = string;

/** Tagged template that rounds interpolated numbers: d`M ${x} ${y}`. */
export function d(parts: TemplateStringsArray, ...values: number[]): string {
  return parts.reduce((text, part, i) => text + part + (i < values.length ? n(values[i] ?? 0) : ''), '');
}

export const ellipse = (x: number, y: number, rx: number, ry: number, fill: string, extra = ''): Svg =>
  `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}"${extra && ` ${extra}`}/>`;

export const circle = (x: number, y: number, r: number, fill: string, extra = ''): Svg =>
  ellipse(x, y, r, r, fill, extra);

export const path = (data: string, fill: string, extra = ''): Svg =>
  `<path d="${data}" fill="${fill}"${extra && ` ${extra}`}/>`;

export const line = (data: string, stroke: string, width: number, extra = ''): Svg =>
  `<path d="${data}" fill="none" stroke="${stroke}" stroke-width="${n(width)}" stroke-linecap="round" stroke-linejoin="round"${extra && ` ${extra}`}/>`;

export const rect = (x: number, y: number, w: number, h: number, fill: string, r = 0, extra = ''): Svg =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" rx="${n(r)}" fill="${fill}"${extra && ` ${extra}`}/>`;

export const group = (transform: string, content: Svg): Svg => `<g transform="${transform}">${content}</g>`;

export const move = (x: number, y: number): string => `translate(${n(x)} ${n(y)})`;

export const outline = (colour: string, width: number): string =>
  `stroke="${colour}" stroke-width="${n(width)}" stroke-linejoin="round"`;

const channels = (hex: string): number[] => [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));

/** Linear mix of two #rrggbb colours; t = 0 gives a, t = 1 gives b. */
export function mix(a: string, b: string, t: number): string {
  const to = channels(b);
  const mixed = channels(a).map((v, i) => Math.round(v + ((to[i] ?? 0) - v) * t));
  return `#${mixed.map((v) => v.toString(16).padStart(2, '0')).join('')}`;
}

export const shade = (colour: string, t: number): string => mix(colour, '#000000', t);
export const tint = (colour: string, t: number): string => mix(colour, '#ffffff', t);

/** Positive t lightens, negative darkens. */
export const vary = (colour: string, t: number): string => (t >= 0 ? tint(colour, t) : shade(colour, -t));

/** Perceived brightness 0..1 of a #rrggbb colour (Rec. 601 weights). */
export function brightness(hex: string): number {
  const [r = 0, g = 0, b = 0] = channels(hex);
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}
