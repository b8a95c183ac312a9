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
  /** Of the reader on pictures whose truth is known; what else stands there is for the page. */
  measured: v.fallback(
    v.nullish(
      v.object({
        on: v.string(),
        attributes: v.record(
          v.string(),
          v.object({ confusion: v.array(v.array(v.pipe(v.number(), v.integer(), v.minValue(0)))) }),
        ),
      }),
    ),
    null,
  ),
});

export type ReaderConfig = v.InferOutput<typeof readerSchema>;

export function attributesOf({ attributes, measured }: ReaderConfig): AttributeInfo[] {
  return attributes.map(({ id, title, values, unclearBelow }) => {
    const confusion = measured?.attributes[id]?.confusion;
    const fits =
      confusion?.length === values.length && confusion.every((row) => row.length === values.length);
    return {
      ...{ id, title, values, unclearBelow },
      ...(fits && { error: { confusion, on: measured?.on ?? '' } }),
    };
  });
}
