import { zlibSync } from 'fflate';

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** A PNG file (8 bits, RGBA) of row-major pixels. */
export function encodePng(width: number, height: number, pixels: Uint8ClampedArray): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 6, 0, 0, 0], 8);
  const rows = new Uint8Array(height * (width * 4 + 1));
  for (let y = 0; y < height; y++) {
    rows.set(pixels.subarray(y * width * 4, (y + 1) * width * 4), y * (width * 4 + 1) + 1);
  }
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  const parts = [
    signature,
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(rows)),
    chunk('IEND', new Uint8Array(0)),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(body, 8);
  let crc = 0xffffffff;
  for (const byte of bytes.subarray(4, body.length + 8)) crc = CRC[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  view.setUint32(body.length + 8, (crc ^ 0xffffffff) >>> 0);
  return bytes;
}

/** Pictures of one size side by side, `columns` in a row, with white between them. */
export function contactSheet(
  pictures: readonly {
    readonly width: number;
    readonly height: number;
    readonly pixels: Uint8ClampedArray;
  }[],
  columns: number,
): { width: number; height: number; pixels: Uint8ClampedArray } {
  const gap = 4;
  const { width: w, height: h } = pictures[0] ?? { width: 1, height: 1 };
  const width = columns * (w + gap) - gap;
  const height = Math.ceil(pictures.length / columns) * (h + gap) - gap;
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  pictures.forEach((picture, i) => {
    const left = (i % columns) * (w + gap);
    const top = Math.floor(i / columns) * (h + gap);
    for (let y = 0; y < h; y++) {
      const row = picture.pixels.subarray(y * w * 4, (y + 1) * w * 4);
      pixels.set(row, ((top + y) * width + left) * 4);
    }
  });
  return { width, height, pixels };
}
