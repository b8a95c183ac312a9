import * as v from 'valibot';

/**
 * What a model says of itself: card.json, and the reader's own measurements in perception/reader.json. Both are
 * written by the training; a model without them is shown without them.
 */
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const shareTable = v.record(v.string(), v.record(v.string(), v.record(v.string(), v.number())));

const CardSchema = v.object({
  title: v.string(),
  licence: v.optional(v.string()),
  summary: v.optional(v.string()),
  intendedUse: v.optional(v.string()),
  notFor: v.optional(v.string()),
  limits: v.optional(v.array(v.string()), []),
  /** Occupation -> attribute -> value -> share, as the training pictures were drawn. */
  bias: v.optional(v.nullable(v.object({ expected: v.optional(shareTable, {}) })), null),
  evaluation: v.nullish(
    v.object({
      shares: v.optional(
        v.record(
          v.string(),
          v.record(v.string(), v.object({ n: v.number(), learned: v.record(v.string(), v.number()) })),
        ),
        {},
      ),
    }),
  ),
});

const AttributeQualitySchema = v.object({
  n: v.number(),
  accuracy: share,
  coverage: share,
  accuracyWhenClear: share,
  /** Expected calibration error of the top probability. */
  ece: v.number(),
  /** Rows are true values, columns what was read. */
  confusion: v.array(v.array(v.number())),
  byToneGroup: v.optional(v.record(v.string(), v.object({ n: v.number(), accuracy: v.nullable(share) })), {}),
});

const ReaderSchema = v.object({
  attributes: v.array(
    v.object({
      id: v.string(),
      title: v.string(),
      values: v.array(v.object({ id: v.string(), title: v.string() })),
      unclearBelow: v.number(),
    }),
  ),
  measured: v.nullish(
    v.object({
      attributes: v.record(v.string(), AttributeQualitySchema),
      heads: v.optional(v.object({ n: v.number(), missed: v.number(), false: v.number() })),
      on: v.optional(v.string(), ''),
      command: v.optional(v.string(), ''),
    }),
  ),
});

export type Card = v.InferOutput<typeof CardSchema>;
export type ReaderFacts = v.InferOutput<typeof ReaderSchema>;
export type AttributeQuality = v.InferOutput<typeof AttributeQualitySchema>;

/** @returns null where the file is missing or is not what it should be: facts are worth having, not worth failing for. */
export const readCard = (json: unknown): Card | null => parsed(CardSchema, json);
export const readReader = (json: unknown): ReaderFacts | null => parsed(ReaderSchema, json);

function parsed<T>(schema: v.GenericSchema<unknown, T>, json: unknown): T | null {
  const answer = v.safeParse(schema, json);
  return answer.success ? answer.output : null;
}

export async function fetchJson(url: string): Promise<unknown> {
  try {
    const response = await fetch(url);
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
