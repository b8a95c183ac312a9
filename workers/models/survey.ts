import { createSHA256, sha256 } from 'hash-wasm';
import * as v from 'valibot';
import { EvenhandError } from '../../src/core/errors';
import { PATHS, parseJson, VAE_ENCODER } from '../pipeline/config';
import { corruptFile, missingFile } from '../pipeline/fileErrors';
import { MANIFEST } from '../pipeline/manifest';
import type { LoadProgress } from '../protocol';
import { type GraphHeader, readHeader } from './header';
import { pipelineIn } from './layout';
import type { FolderFile, GraphNeeds, ModelNeeds, SurveyedModel } from './types';

const GRAPHS: readonly string[] = [PATHS.textEncoder, PATHS.unet, PATHS.vaeDecoder, VAE_ENCODER];
/** Fused attention never holds the table of all scores (ONNX Runtime's contrib operators, opset 23's Attention). */
const FUSED = ['MultiHeadAttention', 'Attention', 'PackedMultiHeadAttention'];

export interface SurveyOptions {
  /** Of a model whose files are known by their hashes; absent: they are hashed now. */
  readonly manifest?: string;
  readonly onProgress?: (progress: LoadProgress) => void;
}

/**
 * Reads a brought folder far enough to open it: which of its files make the pipeline, what its graphs need, and the SHA-256 of all.
 * @param key two models with the same key are the same. @param name of the folder.
 * @throws EvenhandError 'model-missing', 'model-corrupt' or 'model-unsupported', naming the file.
 */
export async function survey(
  key: string,
  name: string,
  everything: readonly FolderFile[],
  { manifest, onProgress = () => {} }: SurveyOptions = {},
): Promise<SurveyedModel> {
  const { root, files: paths } = pipelineIn(
    everything.map(({ path }) => path),
    name,
  );
  const byPath = new Map(everything.map(({ path, file }) => [path.slice(root.length), file]));
  const wanted = new Set(paths);
  const graphs: GraphNeeds[] = [];
  for (const path of GRAPHS.filter((path) => wanted.has(path))) {
    const file = byPath.get(path)!;
    const header = await readable(path, name, () => readHeader(file, path));
    const external = externalPaths(header, path, name, byPath);
    for (const other of external) wanted.add(other);
    const sizes = [path, ...external].map((one) => byPath.get(one)!.size);
    graphs.push({
      path,
      fileBytes: sizes.reduce((sum, size) => sum + size, 0),
      longestFileBytes: Math.max(...sizes),
      weights: header.weights,
      largestTensorBytes: header.largestTensorBytes,
      fusedAttention: FUSED.some((operator) => header.operators.has(operator)),
    });
  }
  const files = [...wanted].map((path) => ({ path, file: byPath.get(path)! }));
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  const own = byPath.get(MANIFEST);
  const text =
    manifest ??
    (own ? await readable(MANIFEST, name, () => own.text()) : await manifestOf(name, files, onProgress));
  const unet = graphs.find(({ path }) => path === PATHS.unet)?.weights;
  const float16 = unet !== undefined && unet.float16 > unet.float32;
  return {
    place: { kind: 'files', key: `${key}#${await sha256(text)}`, name, manifest: text, files, float16 },
    needs: { graphs, ...(await shapesOf(byPath.get(PATHS.unetConfig), name)) },
    totalBytes,
  };
}

function externalPaths(
  { externalFiles }: GraphHeader,
  path: string,
  name: string,
  files: ReadonlyMap<string, Blob>,
): string[] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return externalFiles.map((file) => {
    const plain = file.replace(/^\.\//, '');
    if (plain === '' || /[/\\]|^\.\.?$|^[a-z]:/i.test(plain)) {
      throw corruptFile(path, `it keeps weights in "${file}", which is no file beside it`);
    }
    if (!files.has(folder + plain)) {
      throw missingFile(
        folder + plain,
        name,
        `${path} keeps weights in it, and nothing of that name is there`,
      );
    }
    return folder + plain;
  });
}

/** A manifest as the training writes one (workers/pipeline/manifest.ts), for a folder that has none. */
async function manifestOf(
  name: string,
  files: readonly FolderFile[],
  onProgress: (progress: LoadProgress) => void,
): Promise<string> {
  const totalBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  let loadedBytes = 0;
  const entries: ManifestFile[] = [];
  for (const { path, file } of files) {
    const hash = (await createSHA256()).init();
    await readable(path, name, async () => {
      const reader = file.stream().getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        hash.update(part.value);
        loadedBytes += part.value.length;
        onProgress({ stage: 'verify', file: path, loadedBytes, totalBytes });
      }
    });
    entries.push({ path, bytes: file.size, sha256: hash.digest('hex') });
  }
  return manifestText(name, name, entries);
}

export interface ManifestFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The same files give the same text, whatever order they were found in: its hash is the model's fingerprint. */
export function manifestText(id: string, title: string, files: readonly ManifestFile[]): string {
  return JSON.stringify({ id, title, files: files.toSorted((a, b) => (a.path < b.path ? -1 : 1)) });
}

const side = v.pipe(v.number(), v.integer(), v.minValue(1));
const headCount = v.union([
  side,
  v.pipe(
    v.array(side),
    v.minLength(1),
    v.transform((levels) => levels[0]!),
  ),
]);
/** Whether it is all there is checked when the model is opened; here it only tells how large the numbers get. */
const shapesSchema = v.object({
  sample_size: v.fallback(v.nullish(v.union([side, v.tuple([side, side])])), null),
  num_attention_heads: v.fallback(v.nullish(headCount), null),
  /** diffusers' old name for the number of heads (huggingface/diffusers issue 2011). */
  attention_head_dim: v.fallback(v.nullish(headCount), null),
});

async function shapesOf(file: Blob | undefined, name: string): Promise<Pick<ModelNeeds, 'latent' | 'heads'>> {
  if (!file) return { latent: null, heads: null };
  const bytes = await readable(PATHS.unetConfig, name, () => file.arrayBuffer());
  const parsed = v.safeParse(shapesSchema, parseJson(new Uint8Array(bytes), PATHS.unetConfig));
  if (!parsed.success) return { latent: null, heads: null };
  const { sample_size: size, num_attention_heads, attention_head_dim } = parsed.output;
  const latent = typeof size === 'number' ? ([size, size] as const) : (size ?? null);
  return { latent, heads: num_attention_heads ?? attention_head_dim ?? null };
}

/** A file of a folder may go, change or be locked while it is read. */
async function readable<T>(path: string, name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof EvenhandError) throw cause;
    throw missingFile(path, name, 'it was moved, changed or locked after the folder was opened', { cause });
  }
}
