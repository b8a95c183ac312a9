import * as v from 'valibot';

/**
 * What a model says of itself: card.json, and the reader's own measurements in perception/reader.json. Both are
 * written by the training; a model without them is shown without them, and null is a figure that could not be measured.
 */
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const maybe = v.nullable(v.number());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const shareTable = v.record(v.string(), v.record(v.string(), v.record(v.string(), v.number())));

/** As in every file of bench/results. */
const FigureSchema = v.object({
  name: v.string(),
  value: maybe,
  n: count,
  interval: v.nullish(v.tuple([maybe, maybe]), null),
  target: maybe,
  ok: v.boolean(),
});

const FiguresSchema = v.object({
  command: v.string(),
  commit: v.string(),
  date: v.string(),
  machine: v.optional(v.object({ cpu: v.string(), cores: v.optional(v.number()) })),
  figures: v.array(FigureSchema),
});

/** Of the text rows that the closed-form methods edit; see training/stages/clip.py. */
const GeometrySchema = v.object({
  eosNormMean: v.number(),
  eosNormStd: v.number(),
  commonShare: v.number(),
  nurseFemale: v.number(),
  nurseMale: v.number(),
  nurseFemaleCentred: v.number(),
  nurseMaleCentred: v.number(),
});

const SharesSchema = v.object({
  command: v.string(),
  /** Occupation -> attribute -> what was read on n people. */
  byOccupation: v.record(
    v.string(),
    v.record(v.string(), v.object({ n: count, learned: v.record(v.string(), maybe) })),
  ),
});

const GraphCheckSchema = v.object({
  onnxVsTorch: v.number(),
  /** How the file holds its weights. */
  stored: v.picklist(['int8', 'fp16', 'fp32']),
  storedRelativeError: v.number(),
  bytes: v.number(),
});

const ExportSchema = v.object({
  graphs: v.nullish(v.record(v.string(), GraphCheckSchema), null),
  quantization: v.nullish(v.object({ medianPsnr: maybe, sameReadings: maybe, n: count }), null),
});

const CardSchema = v.object({
  title: v.string(),
  licence: v.optional(v.string()),
  summary: v.optional(v.string()),
  intendedUse: v.optional(v.string()),
  notFor: v.optional(v.string()),
  limits: v.optional(v.array(v.string()), []),
  figures: v.nullish(FiguresSchema, null),
  /** Occupation -> attribute -> value -> share, as the training pictures were drawn. */
  bias: v.nullish(v.object({ expected: v.optional(shareTable, {}) }), null),
  shares: v.nullish(SharesSchema, null),
  /** Stage -> what it knows of itself; `seen` are training samples. */
  training: v.optional(v.record(v.string(), v.looseObject({ seen: count })), {}),
  worldClip: v.nullish(GeometrySchema, null),
  export: v.fallback(v.nullish(ExportSchema, null), null),
});

const ToneGroupSchema = v.object({
  n: count,
  accuracy: v.nullable(share),
  coverage: v.optional(v.nullable(share), null),
  /** Rows are true values, columns what was read. */
  confusion: v.optional(v.array(v.array(count))),
});

/** People whose likeliest value was about so probable: how probable on average, and how often it was right. */
const BinSchema = v.object({ from: share, to: share, n: count, predicted: share, observed: share });

const AttributeQualitySchema = v.object({
  n: count,
  accuracy: share,
  coverage: share,
  accuracyWhenClear: v.nullable(share),
  /** Expected calibration error of the top probability. */
  ece: v.number(),
  reliability: v.optional(v.array(BinSchema), []),
  confusion: v.array(v.array(count)),
  byToneGroup: v.optional(v.record(v.string(), ToneGroupSchema), {}),
});

/** Where the reader is worse on one tone group than on another, beyond chance; see training/measure_reader.py. */
const ToneTestSchema = v.object({
  test: v.string(),
  comparisons: count,
  /** `what` is an attribute's id, or "heads": people found. p is corrected. */
  worse: v.array(v.object({ what: v.string(), worse: v.string(), better: v.string(), p: v.number() })),
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
      toneGroups: v.nullish(ToneTestSchema, null),
      heads: v.optional(
        v.object({
          n: count,
          missed: v.number(),
          false: v.number(),
          byToneGroup: v.optional(v.record(v.string(), v.object({ n: count, found: count })), {}),
        }),
      ),
      on: v.optional(v.string(), ''),
      command: v.optional(v.string(), ''),
    }),
  ),
});

export type Card = v.InferOutput<typeof CardSchema>;
export type Figure = v.InferOutput<typeof FigureSchema>;
export type Figures = v.InferOutput<typeof FiguresSchema>;
export type Geometry = v.InferOutput<typeof GeometrySchema>;
export type ReaderFacts = v.InferOutput<typeof ReaderSchema>;
export type ReaderMeasured = NonNullable<ReaderFacts['measured']>;
export type ReadAttribute = ReaderFacts['attributes'][number];
export type AttributeQuality = v.InferOutput<typeof AttributeQualitySchema>;
export type ReliabilityBin = v.InferOutput<typeof BinSchema>;

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
