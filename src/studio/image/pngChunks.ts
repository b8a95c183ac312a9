import { EvenhandError } from '../../core/errors';

/** The container of PNG (RFC 2083): a signature, then chunks of length, type, data and CRC. */
export interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

const SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const CHUNK_OVERHEAD = 12;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = CRC_TABLE[(c ^ byte) & 255]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

export function writeChunks(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  const size = chunks.reduce((sum, chunk) => sum + chunk.data.length + CHUNK_OVERHEAD, SIGNATURE.length);
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  out.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const { type, data } of chunks) {
    view.setUint32(at, data.length);
    for (let i = 0; i < 4; i++) out[at + 4 + i] = type.charCodeAt(i);
    out.set(data, at + 8);
    view.setUint32(at + 8 + data.length, crc32(out.subarray(at + 4, at + 8 + data.length)));
    at += data.length + CHUNK_OVERHEAD;
  }
  return out;
}

/** @throws EvenhandError `metadata-invalid` naming the byte where the file stops being a PNG. */
export function readChunks(bytes: Uint8Array): readonly Chunk[] {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) throw broken('it does not begin like a PNG');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let at = SIGNATURE.length;
  while (at < bytes.length) {
    if (at + CHUNK_OVERHEAD > bytes.length) throw broken(`it ends in the middle of a chunk at byte ${at}`);
    const length = view.getUint32(at);
    const end = at + CHUNK_OVERHEAD + length;
    if (end > bytes.length) throw broken(`the chunk at byte ${at} is longer than the file`);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw broken(
        `the checksum of its ${/^[A-Za-z]{4}$/.test(type) ? type : 'unnamed'} chunk at byte ${at} is wrong`,
      );
    }
    chunks.push({ type, data: bytes.slice(at + 8, end - 4) });
    at = end;
    if (type === 'IEND') return chunks;
  }
  throw broken('its end is missing');
}

/** iTXt: international text, uncompressed. */
export function textChunk(keyword: string, text: string): Chunk {
  const head = new TextEncoder().encode(keyword);
  const body = new TextEncoder().encode(text);
  const data = new Uint8Array(head.length + 5 + body.length);
  data.set(head);
  data.set(body, head.length + 5);
  return { type: 'iTXt', data };
}

/** Texts by keyword, from plain tEXt (Latin-1) and uncompressed iTXt chunks. The first of a keyword counts. */
export function textsOf(chunks: readonly Chunk[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { type, data } of chunks) {
    const end = data.indexOf(0);
    if (end < 1 || (type !== 'tEXt' && type !== 'iTXt')) continue;
    const keyword = new TextDecoder('latin1').decode(data.subarray(0, end));
    const text =
      type === 'tEXt' ? new TextDecoder('latin1').decode(data.subarray(end + 1)) : international(data, end);
    if (text !== null && !texts.has(keyword)) texts.set(keyword, text);
  }
  return texts;
}

function international(data: Uint8Array, keywordEnd: number): string | null {
  if (data[keywordEnd + 1] !== 0) return null;
  const languageEnd = data.indexOf(0, keywordEnd + 3);
  const translatedEnd = languageEnd < 0 ? -1 : data.indexOf(0, languageEnd + 1);
  return translatedEnd < 0 ? null : new TextDecoder().decode(data.subarray(translatedEnd + 1));
}

export const broken = (why: string): EvenhandError =>
  new EvenhandError(
    'metadata-invalid',
    `This file is not a whole PNG picture: ${why}.`,
    'Take the picture as Evenhand saved it; a screenshot or a copy from a chat has lost its settings.',
  );
