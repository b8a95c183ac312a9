import * as v from 'valibot';
import { EvenhandError } from '../../../src/core/errors';

/** Names a perception pack: a folder that finds persons in pictures and reads their attributes (docs/perception.md). */
export const PACK = 'pack.json';

const text = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(2000));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const positive = v.pipe(v.number(), v.minValue(1e-6), v.maxValue(1e6));
const index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e6));
const side = v.pipe(v.number(), v.integer(), v.minValue(8), v.maxValue(2048));
const triple = v.tuple([v.number(), v.number(), v.number()]);
/** Inside the folder: no scheme, no drive, no way up. */
const path = v.pipe(
  v.string(),
  v.minLength(1),
  v.check(
    (given) => !/^[/\\]|[\\:]/.test(given) && !given.split('/').includes('..'),
    'a path inside the folder',
  ),
);

/** A picture as a network wants it: [1, 3, height, width], (colour in 0..1 - mean) / std. */
const colours = {
  mean: v.optional(triple, [0.5, 0.5, 0.5]),
  std: v.optional(v.tuple([positive, positive, positive]), [0.5, 0.5, 0.5]),
};
const cutOut = v.object({
  size: side,
  ...colours,
  /** The cut is a square whose side is the longer side of the box times this. */
  margin: v.optional(v.pipe(v.number(), v.minValue(0.5), v.maxValue(8)), 1.5),
  filter: v.optional(v.picklist(['bilinear', 'bicubic']), 'bicubic'),
});

const finderSchema = v.variant('kind', [
  /** One person a picture, somewhere in it. */
  v.object({ kind: v.literal('whole') }),
  /** Boxes with scores, as single-shot detectors give them (SSD and its kin). */
  v.object({
    kind: v.literal('boxes'),
    graph: path,
    input: v.object({ width: side, height: side, ...colours }),
    /** Name of the output of shape [1, N, classes], or [1, N]; the first fitting one when absent. */
    scores: v.optional(text),
    /** Name of the output of shape [1, N, 4]. */
    boxes: v.optional(text),
    /** Which of the classes is a head or face. */
    class: v.optional(index, 1),
    /** Corners (x0, y0, x1, y1), or centre and sides (x, y, width, height). */
    form: v.optional(v.picklist(['corners', 'centre']), 'corners'),
    /** Of the input's sides, 0..1; or pixels of the input. */
    unit: v.optional(v.picklist(['share', 'pixel']), 'share'),
    threshold: v.optional(share, 0.7),
    iou: v.optional(share, 0.4),
  }),
]);

const value = v.object({ id: text, title: text });
const attribute = {
  id: text,
  title: text,
  unclearBelow: v.optional(share, 0.6),
};

const readerSchema = v.variant('kind', [
  v.object({
    kind: v.literal('clip'),
    image: v.object({ graph: path, ...cutOut.entries }),
    text: v.object({ graph: path, tokenizer: v.optional(v.string(), 'tokenizer') }),
    /** exp(logit_scale): 100 for OpenAI's. */
    scale: v.optional(positive, 100),
    attributes: v.pipe(
      v.array(
        v.object({
          ...attribute,
          /** {value} stands for a value's words. */
          templates: v.optional(v.pipe(v.array(text), v.minLength(1), v.maxLength(100)), [
            'a photo of {value}',
          ]),
          values: v.pipe(
            v.array(v.object({ ...value.entries, words: v.pipe(v.array(text), v.minLength(1)) })),
            v.minLength(2),
          ),
        }),
      ),
      v.minLength(1),
    ),
  }),
  v.object({
    kind: v.literal('classifier'),
    image: v.object({ graph: path, ...cutOut.entries }),
    attributes: v.pipe(
      v.array(
        v.object({
          ...attribute,
          values: v.pipe(v.array(value), v.minLength(2)),
          /** Name of the output of shape [1, K]; the only one when absent. */
          output: v.optional(text),
          /** Place of the first value's logit in it. */
          offset: v.optional(index, 0),
          /** Logits are divided by this (Guo et al. 2017). */
          temperature: v.optional(positive, 1),
        }),
      ),
      v.minLength(1),
    ),
  }),
  /** CIELAB and the Monk scale (methods.md 7.7), from the pixels alone. */
  v.object({ kind: v.literal('skin-tone') }),
]);

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const errorSchema = v.object({
  /** [true][read]: persons of a labelled test, read clearly. */
  confusion: v.array(v.array(count)),
  /** Which pictures, labelled by whom. */
  on: text,
});

const packSchema = v.object({
  schema: v.literal(1),
  id: v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/)),
  title: text,
  /** Of the networks, not of this file. */
  licence: text,
  source: v.optional(text),
  trainedOn: v.optional(text, 'Not stated.'),
  limits: v.optional(v.array(text), []),
  finder: finderSchema,
  readers: v.pipe(v.array(readerSchema), v.minLength(1)),
  error: v.optional(v.record(v.string(), errorSchema), {}),
});

export type PackManifest = v.InferOutput<typeof packSchema>;
export type Finder = PackManifest['finder'];
export type PackReader = PackManifest['readers'][number];
export type ReaderOf<K extends PackReader['kind']> = Extract<PackReader, { kind: K }>;
export type CutOut = v.InferOutput<typeof cutOut>;
export type KnownError = v.InferOutput<typeof errorSchema>;

/** @throws EvenhandError 'pack-invalid' naming the first thing in pack.json that does not fit. */
export function readPackManifest(bytes: Uint8Array): PackManifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalidPack(PACK, 'it is no JSON in UTF-8', { cause });
  }
  const parsed = v.safeParse(packSchema, json, { abortEarly: true });
  if (!parsed.success) throw invalidPack(PACK, v.summarize(parsed.issues).replaceAll('\n', ' '));
  return parsed.output;
}

/** Completes "The perception pack cannot be used: its file X ...". */
export function invalidPack(file: string, why: string, options?: ErrorOptions): EvenhandError {
  return new EvenhandError(
    'pack-invalid',
    `The perception pack cannot be used. In ${file}: ${why}.`,
    'Put the file right as docs/perception.md describes it and open the folder again; until then pictures are read as before.',
    options,
  );
}
