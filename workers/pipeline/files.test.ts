import { sha256 } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { missingFile } from './fileErrors';
import { loadFiles } from './files';
import { type Manifest, readManifest } from './manifest';
import type { ModelSource } from './source';

const content = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

async function manifestOf(path = 'unet/model.onnx'): Promise<Manifest> {
  return {
    id: 'test',
    defaults: {},
    variants: [],
    files: [{ path, bytes: content.length, sha256: await sha256(content) }],
  };
}

/** Answers each read of a file with the next of its contents; the last one stays. */
function sourceOf(contents: readonly Uint8Array[], kept?: Uint8Array) {
  const reads: boolean[] = [];
  const keptNow: Uint8Array[] = [];
  const source: ModelSource = {
    name: 'test',
    async read(path, onBytes, fresh = false) {
      const bytes = contents[Math.min(reads.length, contents.length - 1)];
      reads.push(fresh);
      if (!bytes) throw missingFile(path, 'test', 'the server answered 404');
      onBytes?.(bytes.length);
      return bytes;
    },
    readKept: async () => kept,
    keep: async (_path, _hash, bytes) => {
      keptNow.push(bytes);
    },
  };
  return { source, reads, keptNow };
}

function flipped(): Uint8Array {
  const bytes = content.slice();
  bytes[500]! ^= 1;
  return bytes;
}

const load = async (source: ModelSource, manifest?: Manifest) =>
  loadFiles(source, manifest ?? (await manifestOf()), ['unet/model.onnx'], () => {});

describe('loading model files', () => {
  it('names a missing file and says what to do', async () => {
    await expect(load(sourceOf([]).source)).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('unet/model.onnx'),
      nextStep: expect.stringContaining('whole model folder'),
    });
  });

  it('finds a truncated file, with both lengths', async () => {
    await expect(load(sourceOf([content.slice(0, 999)]).source)).rejects.toMatchObject({
      code: 'model-corrupt',
      message: 'The model file unet/model.onnx is damaged: it has 999 bytes where its manifest says 1000.',
    });
  });

  it('finds a single flipped bit', async () => {
    await expect(load(sourceOf([flipped()]).source)).rejects.toMatchObject({
      code: 'model-corrupt',
      message: expect.stringContaining('SHA-256'),
    });
  });

  it('asks the origin again, past every cache, before it calls a file damaged', async () => {
    const { source, reads, keptNow } = sourceOf([flipped(), content]);
    const files = await load(source);
    expect(files.bytes('unet/model.onnx')).toEqual(content);
    expect(reads).toEqual([false, true]);
    expect(keptNow).toEqual([content]);
  });

  it('takes a kept copy that is whole without asking the network, and never a damaged one', async () => {
    const whole = sourceOf([], content);
    expect((await load(whole.source)).bytes('unet/model.onnx')).toEqual(content);
    const damaged = sourceOf([content], flipped());
    expect((await load(damaged.source)).bytes('unet/model.onnx')).toEqual(content);
    expect(damaged.reads).toEqual([false]);
  });

  it('reports progress that ends at the total, also when a file came twice', async () => {
    const progress: number[] = [];
    const { source } = sourceOf([flipped(), content]);
    await loadFiles(source, await manifestOf(), ['unet/model.onnx'], ({ loadedBytes, totalBytes }) => {
      expect(loadedBytes).toBeLessThanOrEqual(totalBytes);
      progress.push(loadedBytes);
    });
    expect(progress.at(-1)).toBe(1000);
  });

  it('says so when a file is not in the manifest', async () => {
    const files = await load(sourceOf([content]).source, await manifestOf('other'));
    expect(() => files.bytes('unet/model.onnx')).toThrow('its manifest does not list it');
  });
});

describe('the manifest', () => {
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

  it('gives its own SHA-256 as the name of the model', async () => {
    const bytes = text(await manifestOf());
    const { manifest, hash } = await readManifest(sourceOf([bytes]).source);
    expect(manifest.id).toBe('test');
    expect(hash).toBe(await sha256(bytes));
  });

  it('is read from the kept copy when there is no network', async () => {
    const { manifest } = await readManifest(sourceOf([], text(await manifestOf())).source);
    expect(manifest.id).toBe('test');
  });

  it.each([
    ['no JSON', new TextEncoder().encode('<!doctype html>')],
    ['no files', text({ id: 'x', files: [] })],
    ['no hash', text({ id: 'x', files: [{ path: 'a', bytes: 1, sha256: 'abc' }] })],
  ])('is called damaged when it holds %s', async (_, bytes) => {
    await expect(readManifest(sourceOf([bytes]).source)).rejects.toMatchObject({ code: 'model-corrupt' });
  });
});
