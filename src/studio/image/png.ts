import { broken, type Chunk, readChunks, textChunk, writeChunks } from './pngChunks';

/**
 * PNG without a canvas: a canvas may change pixels on the way back (colour management, privacy noise), and a replay
 * must be able to say "identical". 8 bits, RGB or RGBA, not interlaced.
 */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGBA, row-major. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

const RGB = 2;
const RGBA = 6;
const MAX_SIDE = 8192;

export async function encodePng(
  { width, height, pixels }: Picture,
  texts: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const opaque = isOpaque(pixels);
  const head = new Uint8Array(13);
  const view = new DataView(head.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  head.set([8, opaque ? RGB : RGBA, 0, 0, 0], 8);
  const rows = filterRows(
    opaque ? dropAlpha(pixels) : pixels,
    width * (opaque ? 3 : 4),
    height,
    opaque ? 3 : 4,
  );
  return writeChunks([
    { type: 'IHDR', data: head },
    ...Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text)),
    { type: 'IDAT', data: await pipe(rows, new CompressionStream('deflate')) },
    { type: 'IEND', data: new Uint8Array(0) },
  ]);
}

/** @throws EvenhandError `metadata-invalid` for anything that encodePng does not write. */
export async function decodePng(bytes: Uint8Array): Promise<Picture> {
  const chunks = readChunks(bytes);
  const { width, height, channels } = header(chunks[0]);
  const parts = chunks.filter((chunk) => chunk.type === 'IDAT').map((chunk) => chunk.data);
  const packed = new Uint8Array(await new Blob(parts.map((part) => part.slice())).arrayBuffer());
  const rows = await pipe(packed, new DecompressionStream('deflate')).catch(() => {
    throw broken('its pixels cannot be unpacked');
  });
  if (rows.length !== (width * channels + 1) * height) throw broken('it holds too few or too many pixels');
  return { width, height, pixels: unfilter(rows, width, height, channels) };
}

function header(chunk: Chunk | undefined): { width: number; height: number; channels: number } {
  if (chunk?.type !== 'IHDR' || chunk.data.length !== 13) throw broken('its header is missing');
  const view = new DataView(chunk.data.buffer, chunk.data.byteOffset);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [depth, colour, , , interlaced] = chunk.data.subarray(8);
  if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE)
    throw broken('its size makes no sense');
  if (depth !== 8 || (colour !== RGB && colour !== RGBA) || interlaced !== 0) {
    throw broken('it is of a kind that Evenhand does not write');
  }
  return { width, height, channels: colour === RGB ? 3 : 4 };
}

async function pipe(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(through)).arrayBuffer());
}

function isOpaque(pixels: Uint8ClampedArray): boolean {
  for (let i = 3; i < pixels.length; i += 4) if (pixels[i] !== 255) return false;
  return true;
}

function dropAlpha(pixels: Uint8ClampedArray): Uint8Array {
  const out = new Uint8Array((pixels.length / 4) * 3);
  for (let from = 0, to = 0; from < pixels.length; from += 4, to += 3) {
    out[to] = pixels[from]!;
    out[to + 1] = pixels[from + 1]!;
    out[to + 2] = pixels[from + 2]!;
  }
  return out;
}

/** Each row with the cheaper of filters 1 (difference to the left) and 2 (to above), by sum of absolute values. */
function filterRows(
  raw: Uint8Array | Uint8ClampedArray,
  stride: number,
  height: number,
  channels: number,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    const row = y * stride;
    let left = 0;
    let above = 0;
    for (let x = 0; x < stride; x++) {
      const value = raw[row + x]!;
      left += distance(value - (x < channels ? 0 : raw[row + x - channels]!));
      above += distance(value - (y === 0 ? 0 : raw[row + x - stride]!));
    }
    const filter = above < left ? 2 : 1;
    const to = y * (stride + 1);
    out[to] = filter;
    for (let x = 0; x < stride; x++) {
      const near =
        filter === 1 ? (x < channels ? 0 : raw[row + x - channels]!) : y === 0 ? 0 : raw[row + x - stride]!;
      out[to + 1 + x] = raw[row + x]! - near;
    }
  }
  return out;
}

const distance = (difference: number): number => {
  const wrapped = difference & 255;
  return wrapped < 128 ? wrapped : 256 - wrapped;
};

function unfilter(
  rows: Uint8Array,
  width: number,
  height: number,
  channels: number,
): Uint8ClampedArray<ArrayBuffer> {
  const stride = width * channels;
  const raw = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1);
    const filter = rows[from]!;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const a = x < channels ? 0 : raw[at - channels]!;
      const b = y === 0 ? 0 : raw[at - stride]!;
      const c = x < channels || y === 0 ? 0 : raw[at - stride - channels]!;
      raw[at] = rows[from + 1 + x]! + predicted(filter, a, b, c);
    }
  }
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < channels; channel++)
      pixels[i * 4 + channel] = raw[i * channels + channel]!;
  }
  return pixels;
}

function predicted(filter: number, a: number, b: number, c: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return (a + b) >> 1;
    case 4: {
      const p = a + b - c;
      const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
      return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
    }
    default:
      throw broken(`it uses an unknown row filter (${filter})`);
  }
}
