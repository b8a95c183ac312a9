import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EvenhandError } from '../src/core/errors';
import { psnr } from '../src/core/metrics';
import { folderSource } from '../workers/pipeline/folderSource';
import { readManifest } from '../workers/pipeline/manifest';
import { openPipeline, record, request } from '../workers/testing/tiny';
import { type PartReport, quantizeFolder } from './folder';
import type { Bits } from './plan';

/** Made by `python -m training.golden.quantizing`: float32. */
const TINY = 'quantize/golden/tiny';
/** Its autoencoder with the weights in a file of their own. */
const BESIDE = 'quantize/golden/beside';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'quantize-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const made = (bits: Bits, out = join(folder, `tiny-${bits}`), inlineAtMost?: number) =>
  quantizeFolder({ folder: TINY, bits, out, compare: true, ...(inlineAtMost ? { inlineAtMost } : {}) });

async function picturesOf(model: string) {
  const pipeline = await openPipeline(model);
  const { images } = await record(pipeline, request({ seeds: [1, 2, 3] }));
  await pipeline.close();
  return images.map(({ pixels, width, height }) => ({ data: pixels, width, height, channels: 4 as const }));
}

/** Of this pipeline of random weights; the embedded model's are in docs/quantizing.md. */
describe.each([
  { bits: 16, share: 0.56, weights: 3e-4, output: 1e-3, decibels: 45 },
  { bits: 8, share: 0.45, weights: 7e-3, output: 1.5e-2, decibels: 35 },
  { bits: 4, share: 0.42, weights: 0.09, output: 0.03, decibels: 25 },
] as const)('$bits bits', ({ bits, share, weights, output, decibels }) => {
  let parts: readonly PartReport[];
  beforeAll(async () => {
    parts = await made(bits);
  });

  it('gives a smaller folder with the errors that rounding must have', () => {
    expect(parts.map(({ path }) => path)).toEqual([
      'text_encoder/model.onnx',
      'unet/model.onnx',
      'vae_decoder/model.onnx',
    ]);
    for (const part of parts) {
      expect(part.weightError).toBeGreaterThan(1e-5);
      expect(part.weightError).toBeLessThan(weights);
      expect(part.outputError).toBeGreaterThan(0);
    }
    const unet = parts[1]!;
    expect(unet.outputError).toBeLessThan(output);
    expect(unet.bytes).toBe(statSync(join(folder, `tiny-${bits}`, unet.path)).size);
    expect(unet.bytes / unet.bytesBefore).toBeLessThan(share);
    expect(parts.some(({ counts }) => counts.int4 > 0)).toBe(bits === 4);
  });

  it('draws nearly the same pictures through the real pipeline', async () => {
    const [exact, rounded] = [await picturesOf(TINY), await picturesOf(join(folder, `tiny-${bits}`))];
    expect(rounded).toHaveLength(3);
    rounded.forEach((picture, i) => {
      expect(psnr(picture, exact[i]!)).toBeGreaterThan(decibels);
    });
  });

  it('names the source by its hashes, and its own files in the manifest', async () => {
    const out = join(folder, `tiny-${bits}`);
    const card = JSON.parse(readFileSync(join(out, 'quantization.json'), 'utf8'));
    const source = await readManifest(folderSource(TINY));
    const listed = source.manifest.files.find(({ path }) => path === 'unet/model.onnx');
    expect(card.source.files).toContainEqual({ path: 'unet/model.onnx', sha256: listed!.sha256 });
    const { manifest } = await readManifest(folderSource(out));
    expect(manifest.id).toBe(`tiny-${bits}bit`);
  });
});

it('puts weights beside a graph that would be too long, with the same output', async () => {
  const inside = await made(8, join(folder, 'inside'));
  const beside = await made(8, join(folder, 'beside'), 100_000);
  const unet = (parts: readonly PartReport[]) => parts.find(({ path }) => path === 'unet/model.onnx')!;
  expect(existsSync(join(folder, 'beside/unet/model.onnx_data'))).toBe(true);
  expect(unet(beside).outputError).toBe(unet(inside).outputError);
});

function withDataBeside(): string {
  const copy = mkdtempSync(join(folder, 'beside-'));
  cpSync(TINY, copy, { recursive: true });
  cpSync(BESIDE, join(copy, 'vae_decoder'), { recursive: true });
  return copy;
}

it('reads weights from a file beside the graph, names it as a source, and writes no copy of it', async () => {
  const copy = withDataBeside();
  const out = `${copy}-out`;
  const beside = await quantizeFolder({ folder: copy, bits: 8, out, compare: true });
  const inside = await made(8, join(folder, 'inside-2'));
  expect(beside.at(-1)!.bytesBefore).toBeGreaterThan(200_000);
  expect(beside.at(-1)!.outputError).toBe(inside.at(-1)!.outputError);
  expect(existsSync(join(out, 'vae_decoder/model.onnx_data'))).toBe(false);
  const card = JSON.parse(readFileSync(join(out, 'quantization.json'), 'utf8'));
  const paths = card.source.files.map(({ path }: { path: string }) => path);
  expect(paths).toContain('vae_decoder/model.onnx_data');
});

describe('bad input', () => {
  async function refusal(work: Promise<unknown>): Promise<EvenhandError> {
    const error = await work.then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(EvenhandError);
    return error as EvenhandError;
  }

  const broken = (change: (copy: string) => void) => {
    const copy = withDataBeside();
    change(copy);
    return refusal(quantizeFolder({ folder: copy, bits: 8, out: `${copy}-out`, compare: false }));
  };

  it('refuses an output folder that exists, lies inside, or has no source', async () => {
    expect((await refusal(made(8, folder))).message).toContain('exists already');
    expect((await refusal(made(8, `${TINY}/smaller`))).message).toContain("lies in the model's own folder");
    const nowhere = quantizeFolder({ folder: 'no/such', bits: 8, out: join(folder, 'x'), compare: false });
    expect((await refusal(nowhere)).message).toContain('There is no folder no/such');
  });

  it('refuses a model that is quantized already', async () => {
    const again = {
      folder: 'workers/pipeline/golden/tiny',
      bits: 8,
      out: join(folder, 'y'),
      compare: false,
    } as const;
    const error = await refusal(quantizeFolder(again));
    expect(error.code).toBe('model-unsupported');
    expect(error.message).toContain('it is quantized already (it has DequantizeLinear)');
  });

  it('names the file and the place of what is cut off, missing or something else', async () => {
    const size = statSync(`${TINY}/unet/model.onnx`).size;
    for (let i = 1; i < 20; i++) {
      const error = await broken((copy) =>
        truncateSync(join(copy, 'unet/model.onnx'), Math.floor((size * i) / 20)),
      );
      expect(error.code).toBe('model-corrupt');
      expect(error.message).toContain('unet/model.onnx');
    }
    const short = await broken((copy) => truncateSync(join(copy, 'vae_decoder/model.onnx_data'), 100));
    expect(short.message).toMatch(/is said to lie at bytes \d+ to \d+ of 100/);
    const gone = await broken((copy) => rmSync(join(copy, 'vae_decoder/model.onnx_data')));
    expect(gone.code).toBe('model-missing');
    const zip = await broken((copy) =>
      writeFileSync(join(copy, 'unet/model.onnx'), 'PK\u0003\u0004 and so on'),
    );
    expect(zip.message).toContain('is not an ONNX model but a zip archive');
    const index = await broken((copy) => rmSync(join(copy, 'model_index.json')));
    expect(index.message).toContain('model_index.json');
  });

  it('leaves nothing behind when it fails half-way', async () => {
    const out = join(folder, 'half-way');
    const copy = withDataBeside();
    const data = readFileSync(join(copy, 'vae_decoder/model.onnx_data'));
    data.writeFloatLE(Number.NaN, 4000);
    writeFileSync(join(copy, 'vae_decoder/model.onnx_data'), data);
    const error = await refusal(quantizeFolder({ folder: copy, bits: 8, out, compare: false }));
    expect(error.message).toMatch(/number \d+ of ".*" is NaN/);
    expect(existsSync(out)).toBe(false);
    expect(existsSync(`${out}.unfinished`)).toBe(false);
  });
});
