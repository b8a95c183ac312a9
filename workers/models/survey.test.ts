import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { bytesField, integerField, join, stringField } from '../onnx/wire';
import { filesSource } from '../pipeline/filesSource';
import { loadPipeline } from '../pipeline/pipeline';
import { createNodeRuntime } from '../runtime/node';
import { TINY } from '../testing/tiny';
import { survey } from './survey';
import type { FolderFile } from './types';

let folder: readonly FolderFile[];

beforeAll(async () => {
  const names = await readdir(TINY, { recursive: true, withFileTypes: true });
  folder = await Promise.all(
    names
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }): Promise<FolderFile> => {
        const path = `${parentPath}/${name}`;
        return { path: `tiny${path.slice(TINY.length)}`, file: new Blob([await readFile(path)]) };
      }),
  );
});

const without = (...paths: string[]) => folder.filter(({ path }) => !paths.includes(path));
const replaced = (path: string, bytes: Uint8Array) => [
  ...without(path),
  { path, file: new Blob([bytes.slice()]) },
];

describe('a brought folder', () => {
  it('opens in the same pipeline, with a manifest of its own where it brings none', async () => {
    const { place, needs, totalBytes } = await survey('k', 'tiny', without('tiny/manifest.json'));
    expect(needs).toMatchObject({ latent: [expect.any(Number), expect.any(Number)] });
    expect(needs.graphs.map(({ path }) => path)).toEqual([
      'text_encoder/model.onnx',
      'unet/model.onnx',
      'vae_decoder/model.onnx',
    ]);
    expect(totalBytes).toBe(place.files.reduce((sum, { file }) => sum + file.size, 0));
    const pipeline = await loadPipeline(filesSource(place), await createNodeRuntime(1), () => {});
    expect(pipeline.info.id).toBe('tiny');
    expect(pipeline.info.files).toHaveLength(place.files.length);
    await pipeline.close();
  });

  it('has a fingerprint of what its files hold, not of the order they came in', async () => {
    const bare = without('tiny/manifest.json');
    const [one, other] = [await survey('k', 'tiny', bare), await survey('k', 'tiny', bare.toReversed())];
    expect(other.place.manifest).toBe(one.place.manifest);
    const changed = replaced('tiny/vocabulary.json', new TextEncoder().encode('["a"]'));
    expect(
      (
        await survey(
          'k',
          'tiny',
          changed.filter(({ path }) => path !== 'tiny/manifest.json'),
        )
      ).place.key,
    ).not.toBe(one.place.key);
  });

  it.each([
    ['lies elsewhere', '../weights.pb', 'model-corrupt', /\.\.\/weights\.pb/],
    ['lies at an absolute path', 'C:\\weights.pb', 'model-corrupt', /weights\.pb/],
    ['is not there', 'weights.pb', 'model-missing', /unet\/weights\.pb/],
  ])('is refused when external data %s', async (_, location, code, names) => {
    const entry = bytesField(13, join([stringField(1, 'location'), stringField(2, location)]));
    const tensor = join([integerField(1, 4), integerField(2, 1), entry]);
    const graph = bytesField(7, bytesField(5, tensor));
    await expect(survey('k', 'tiny', replaced('tiny/unet/model.onnx', graph))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(names),
    });
  });

  it('is refused when a file goes while it is read', async () => {
    const gone = {
      slice: () => gone,
      arrayBuffer: () => Promise.reject(new DOMException('', 'NotFoundError')),
      size: 9,
    };
    const files = [
      ...without('tiny/unet/model.onnx'),
      { path: 'tiny/unet/model.onnx', file: gone as unknown as Blob },
    ];
    await expect(survey('k', 'tiny', files)).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('unet/model.onnx'),
    });
  });
});
