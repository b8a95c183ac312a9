import * as v from 'valibot';
import { corruptFile } from '../pipeline/fileErrors';

/** What training/variant.py writes beside a delta: see training/VARIANTS.md. */

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4000));
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const id = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*$/), v.maxLength(60));

const figureSchema = v.object({
  name: text,
  value: v.number(),
  n: count,
  interval: v.nullable(v.tuple([v.number(), v.number()])),
  target: v.nullable(v.number()),
  ok: v.boolean(),
});

const tokenSchema = v.object({
  token: v.pipe(v.string(), v.regex(/^<[a-z0-9][a-z0-9-]*>$/)),
  /** Words of the base's; strength blends from their embedding. */
  initializer: text,
});

const promptSchema = v.object({
  /** Whole words and what takes their place. */
  words: v.optional(v.record(v.string(), text), {}),
  /** With "{prompt}" in it: what becomes of a prompt that holds none of them. */
  otherwise: v.optional(v.pipe(text, v.includes('{prompt}'))),
});

export const cardSchema = v.object({
  schema: v.literal(1),
  id,
  name: text,
  summary: text,
  method: id,
  evidence: v.picklist(['faithful', 'after', 'ours']),
  citation: text,
  /** Path of each graph that it may be added to, and the SHA-256 of the file that it was made for. */
  base: v.record(v.string(), hash),
  parts: v.pipe(v.array(v.picklist(['unet', 'text_encoder', 'embeddings'])), v.minLength(1)),
  rank: v.nullable(count),
  tokens: v.optional(v.array(tokenSchema), []),
  prompt: v.optional(v.nullable(promptSchema), null),
  training: v.objectWithRest(
    { command: text, samples: count, seed: v.number() },
    v.union([v.string(), v.number(), v.boolean(), v.null()]),
  ),
  figures: v.optional(v.array(figureSchema), []),
  limits: v.optional(v.array(text), []),
  licence: text,
});

const fileSchema = v.object({ path: v.literal('delta.safetensors'), bytes: count, sha256: hash });
const manifestSchema = v.object({ ...cardSchema.entries, delta: fileSchema });
const indexSchema = v.object({ variants: v.array(v.object({ id, bytes: count, sha256: hash })) });

export type DeltaCard = v.InferOutput<typeof cardSchema>;
export type DeltaManifest = v.InferOutput<typeof manifestSchema>;
export type DeltaIndex = v.InferOutput<typeof indexSchema>;

/** @param path of the file, for errors. @throws EvenhandError 'model-corrupt', naming the first value that does not fit. */
export const readCard = (json: unknown, path: string): DeltaCard => read(cardSchema, json, path);
export const readDeltaManifest = (json: unknown, path: string): DeltaManifest =>
  read(manifestSchema, json, path);
export const readIndex = (json: unknown, path: string): DeltaIndex => read(indexSchema, json, path);

function read<S extends v.GenericSchema>(schema: S, json: unknown, path: string): v.InferOutput<S> {
  const parsed = v.safeParse(schema, json);
  if (!parsed.success) throw corruptFile(path, v.summarize(parsed.issues));
  return parsed.output;
}
