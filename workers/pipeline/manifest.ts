import { sha256 } from 'hash-wasm';
import * as v from 'valibot';
import { EvenhandError } from '../../src/core/errors';
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

const manifestSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  title: v.optional(v.string()),
  defaults: v.optional(
    v.object({
      steps: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      guidanceScale: v.optional(v.pipe(v.number(), v.minValue(0))),
      scheduler: v.optional(v.picklist(['ddim', 'euler'])),
    }),
  ),
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
  const bytes = await newestManifest(source);
  const parsed = v.safeParse(manifestSchema, parseJson(bytes, MANIFEST));
  if (!parsed.success) throw corruptFile(MANIFEST, v.summarize(parsed.issues));
  return { manifest: parsed.output, hash: await sha256(bytes) };
}

async function newestManifest(source: ModelSource): Promise<Uint8Array> {
  try {
    const bytes = await source.read(MANIFEST);
    await source.keep?.(MANIFEST, NEWEST, bytes);
    return bytes;
  } catch (error) {
    const kept = await source.readKept?.(MANIFEST, NEWEST);
    if (kept && error instanceof EvenhandError && error.code === 'model-missing') return kept;
    throw error;
  }
}
