import { sha256 } from 'hash-wasm';
import * as v from 'valibot';
import { EvenhandError } from '../../src/core/errors';
import { firstRepeated } from '../../src/core/repeated';
import { SCHEDULER_IDS } from '../../src/core/schedulers';
import { parseJson } from './config';
import { corruptFile } from './fileErrors';
import type { ModelSource } from './source';

export const MANIFEST = 'manifest.json';
/** Under this instead of a hash the newest manifest is kept: without the network it is the only way to the files. */
const NEWEST = 'newest';

const entrySchema = v.object({
  path: v.pipe(v.string(), v.minLength(1)),
  bytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

const name = v.pipe(v.string(), v.minLength(1));

const defaultsSchema = v.object({
  steps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  guidanceScale: v.optional(v.pipe(v.number(), v.minValue(0))),
  scheduler: v.optional(v.picklist(SCHEDULER_IDS)),
});

/** Another UNet for the same text and latents. */
const variantSchema = v.object({
  id: name,
  title: name,
  /** Path of its graph, one of `files`. */
  unet: name,
  defaults: v.optional(defaultsSchema, {}),
});

const manifestSchema = v.object({
  id: name,
  title: v.optional(v.string()),
  defaults: v.optional(defaultsSchema, {}),
  variants: v.optional(v.array(variantSchema), []),
  files: v.pipe(v.array(entrySchema), v.minLength(1)),
});

export type ManifestEntry = v.InferOutput<typeof entrySchema>;
export type Manifest = v.InferOutput<typeof manifestSchema>;

/**
 * Reads manifest.json: which files make this model, how long each is, and its SHA-256.
 * @returns the manifest and the SHA-256 of its own bytes, which therefore names every byte of the model.
 * @throws EvenhandError 'model-missing' or 'model-corrupt'.
 */
export async function readManifest(source: ModelSource): Promise<{ manifest: Manifest; hash: string }> {
  const bytes = await readNewest(source, MANIFEST);
  const parsed = v.safeParse(manifestSchema, parseJson(bytes, MANIFEST));
  if (!parsed.success) throw corruptFile(MANIFEST, v.summarize(parsed.issues));
  checkVariants(parsed.output);
  return { manifest: parsed.output, hash: await sha256(bytes) };
}

function checkVariants({ variants, files }: Manifest): void {
  const ids = variants.map(({ id }) => id);
  const twice = firstRepeated(ids);
  if (twice !== undefined) throw corruptFile(MANIFEST, `two of its variants have the id "${twice}"`);
  const unlisted = variants.find(({ unet }) => !files.some(({ path }) => path === unet));
  if (unlisted) {
    throw corruptFile(
      MANIFEST,
      `its variant "${unlisted.id}" is drawn by ${unlisted.unet}, which is not among its files`,
    );
  }
}

/** A file that names others by their hashes: always asked for anew, and as it was kept when the network is gone. */
export async function readNewest(source: ModelSource, path: string): Promise<Uint8Array> {
  try {
    const bytes = await source.read(path);
    await source.keep?.(path, NEWEST, bytes);
    return bytes;
  } catch (error) {
    const kept = await source.readKept?.(path, NEWEST);
    if (kept && error instanceof EvenhandError && error.code === 'model-missing') return kept;
    throw error;
  }
}
