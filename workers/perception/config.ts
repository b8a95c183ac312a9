import * as v from 'valibot';
import type { AttributeInfo } from '../protocol';

/** perception/reader.json: how the outputs of reader.onnx are to be understood. Written by the training. */
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const positive = v.pipe(v.number(), v.minValue(1e-6));
const text = v.pipe(v.string(), v.minLength(1));
const triple = v.tuple([v.number(), v.number(), v.number()]);

const attributeSchema = v.object({
  id: text,
  title: text,
  values: v.pipe(v.array(v.object({ id: text, title: text })), v.minLength(2)),
  /** Channel of the first value's logit. */
  offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
  /** Logits are divided by this, so that probabilities are as often right as they say (Guo et al. 2017). */
  temperature: positive,
  unclearBelow: share,
});

export const readerSchema = v.object({
  /** Pixels per cell of the maps. */
  stride: positive,
  input: v.object({
    /** Side of the square picture that the reader wants, pixels. */
    size: v.pipe(v.number(), v.integer(), v.minValue(8)),
    /** Subtracted from, then divided out of, colours that run 0..1. */
    mean: triple,
    std: triple,
  }),
  /** A box whose logarithms are 0 is this wide and high, pixels. */
  boxUnit: positive,
  heatThreshold: share,
  nmsIou: share,
  attributes: v.pipe(v.array(attributeSchema), v.minLength(1)),
});

export type ReaderConfig = v.InferOutput<typeof readerSchema>;

export function attributesOf(config: ReaderConfig): AttributeInfo[] {
  return config.attributes.map(({ id, title, values, unclearBelow }) => ({
    id,
    title,
    values,
    unclearBelow,
  }));
}
