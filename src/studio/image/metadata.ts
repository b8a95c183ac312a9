import * as v from 'valibot';
import type { ImageResult, RunRequest } from '../../../workers/protocol';
import { EvenhandError } from '../../core/errors';
import { SCHEDULER_IDS, SCHEDULER_TITLES } from '../../core/schedulers';
import { LIMITS, MAX_SEED } from '../limits';
import { readChunks, textsOf } from './pngChunks';

/** What every picture carries inside itself: enough to draw it again, and what was read on it. */
export const METADATA_VERSION = 1;
export const METADATA_KEYWORD = 'evenhand';
export const PARAMETERS_KEYWORD = 'parameters';

const seed = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_SEED));
const within = ({ min, max }: { min: number; max: number }) =>
  v.pipe(v.number(), v.minValue(min), v.maxValue(max));
const wholeWithin = (range: { min: number; max: number }) => v.pipe(within(range), v.integer());
const value = v.union([v.number(), v.string(), v.boolean()]);

export const RequestSchema = v.object({
  prompt: v.pipe(v.string(), v.maxLength(LIMITS.promptCharacters)),
  seeds: v.pipe(v.array(seed), v.minLength(1), v.maxLength(LIMITS.images.max)),
  steps: wholeWithin(LIMITS.steps),
  guidanceScale: within(LIMITS.guidance),
  scheduler: v.picklist(SCHEDULER_IDS),
  variant: v.exactOptional(v.string()),
  batchSize: wholeWithin(LIMITS.batchSize),
  lanes: v.pipe(
    v.array(
      v.object({
        id: v.string(),
        name: v.string(),
        method: v.string(),
        parameters: v.record(v.string(), value),
        delta: v.exactOptional(
          v.object({ id: v.string(), strength: v.pipe(v.number(), v.minValue(0), v.maxValue(1)) }),
        ),
      }),
    ),
    v.minLength(1),
    v.maxLength(LIMITS.lanes.max),
  ),
  targets: v.array(v.object({ attribute: v.string(), shares: v.record(v.string(), v.number()) })),
});

export const ReadingSchema = v.object({
  box: v.tuple([v.number(), v.number(), v.number(), v.number()]),
  score: v.number(),
  attributes: v.record(v.string(), v.array(v.number())),
});

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const RegionSchema = v.object({
  name: v.string(),
  columns: count,
  rows: count,
  runs: v.array(count),
  assigned: v.record(v.string(), v.string()),
  votes: v.exactOptional(v.number()),
});

export const TraceSchema = v.object({
  prompt: v.exactOptional(v.string()),
  assigned: v.exactOptional(v.record(v.string(), v.string())),
  regions: v.exactOptional(v.array(RegionSchema)),
  notes: v.exactOptional(v.record(v.string(), v.union([v.number(), v.string()]))),
});

const MetadataSchema = v.object({
  software: v.literal('Evenhand'),
  version: v.literal(METADATA_VERSION),
  digitalSourceType: v.literal('trainedAlgorithmicMedia'),
  model: v.object({ id: v.string(), title: v.string(), hash: v.string() }),
  readBy: v.exactOptional(v.object({ title: v.string(), hash: v.string() })),
  backend: v.string(),
  request: RequestSchema,
  laneId: v.string(),
  index: v.pipe(v.number(), v.integer(), v.minValue(0)),
  seed,
  width: v.pipe(v.number(), v.integer()),
  height: v.pipe(v.number(), v.integer()),
  people: v.array(ReadingSchema),
  trace: TraceSchema,
  milliseconds: v.number(),
});

export interface ImageMetadata extends Omit<ImageResult, 'pixels'> {
  readonly software: 'Evenhand';
  readonly version: typeof METADATA_VERSION;
  /** IPTC digital source type: says that a trained model made the picture. */
  readonly digitalSourceType: 'trainedAlgorithmicMedia';
  readonly model: { readonly id: string; readonly title: string; readonly hash: string };
  /** The perception pack that read the people; absent: what the model brings itself. */
  readonly readBy?: { readonly title: string; readonly hash: string };
  readonly backend: string;
  readonly request: RunRequest;
}

export function metadataOf(
  run: Pick<ImageMetadata, 'model' | 'readBy' | 'backend' | 'request'>,
  image: Omit<ImageResult, 'pixels'>,
): ImageMetadata {
  const { laneId, index, seed, width, height, people, trace, milliseconds } = image;
  return {
    software: 'Evenhand',
    version: METADATA_VERSION,
    digitalSourceType: 'trainedAlgorithmicMedia',
    model: run.model,
    ...(run.readBy && { readBy: run.readBy }),
    backend: run.backend,
    request: run.request,
    ...{ laneId, index, seed, width, height, people, trace, milliseconds },
  };
}

/** The two texts of a picture: ours as JSON, and the line that other image tools read. */
export function pngTexts(metadata: ImageMetadata): Record<string, string> {
  return {
    [PARAMETERS_KEYWORD]: parametersText(metadata),
    [METADATA_KEYWORD]: JSON.stringify(metadata),
  };
}

/** The `parameters` text as AUTOMATIC1111's web UI writes it and most galleries read it. */
export function parametersText({
  request,
  trace,
  seed,
  width,
  height,
  model,
  laneId,
}: ImageMetadata): string {
  const lane = request.lanes.find((candidate) => candidate.id === laneId);
  const settings = [
    `Steps: ${request.steps}`,
    `Sampler: ${SCHEDULER_TITLES[request.scheduler]}`,
    `CFG scale: ${request.guidanceScale}`,
    `Seed: ${seed}`,
    `Size: ${width}x${height}`,
    `Model hash: ${model.hash.slice(0, 10)}`,
    `Model: ${model.id}`,
    ...(request.variant === undefined ? [] : [`Variant: ${request.variant}`]),
    `Method: ${lane?.method ?? 'unknown'}`,
    ...(lane?.delta ? [`Trained variant: ${lane.delta.id}`, `Variant strength: ${lane.delta.strength}`] : []),
    'Version: Evenhand',
  ];
  return `${trace.prompt ?? request.prompt}\n${settings.join(', ')}`;
}

/** What a dropped picture can restore: a whole run of ours, or the few settings that other tools write. */
export type DroppedSettings =
  | { readonly from: 'evenhand'; readonly metadata: ImageMetadata }
  | {
      readonly from: 'parameters';
      readonly prompt: string;
      readonly seed: number | null;
      readonly steps: number | null;
      readonly guidance: number | null;
    };

/** @throws EvenhandError `metadata-invalid` when the file holds no settings, or settings that cannot be used. */
export function readPngSettings(bytes: Uint8Array): DroppedSettings {
  const texts = textsOf(readChunks(bytes));
  const own = texts.get(METADATA_KEYWORD);
  if (own !== undefined) return { from: 'evenhand', metadata: parseMetadata(own) };
  const parameters = texts.get(PARAMETERS_KEYWORD);
  if (parameters !== undefined) return parseParameters(parameters);
  throw invalid('This picture carries no settings.');
}

export function parseMetadata(text: string): ImageMetadata {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid('The settings inside this picture are not readable JSON.');
  }
  const parsed = v.safeParse(MetadataSchema, json);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  const path = v.getDotPath(issue);
  throw invalid(`The settings inside this picture do not fit${path ? ` at ${path}` : ''}: ${issue.message}.`);
}

function parseParameters(text: string): DroppedSettings {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^Steps: \d+/.test(line));
  const settings = lines[at] ?? '';
  const head = lines.slice(0, at < 0 ? lines.length : at);
  const negative = head.findIndex((line) => line.startsWith('Negative prompt:'));
  const prompt = head
    .slice(0, negative < 0 ? head.length : negative)
    .join('\n')
    .trim();
  const number = (pattern: RegExp, { min, max }: { min: number; max: number }): number | null => {
    const found = pattern.exec(settings)?.[1];
    const parsed = Number(found);
    return found !== undefined && parsed >= min && parsed <= max ? parsed : null;
  };
  return {
    from: 'parameters',
    prompt: prompt.slice(0, LIMITS.promptCharacters),
    seed: number(/\bSeed: (\d+)/, { min: 0, max: MAX_SEED }),
    steps: number(/\bSteps: (\d+)/, LIMITS.steps),
    guidance: number(/\bCFG scale: ([\d.]+)/, LIMITS.guidance),
  };
}

const invalid = (message: string): EvenhandError =>
  new EvenhandError(
    'metadata-invalid',
    message,
    'Drop a PNG that was saved from Evenhand; your current settings are unchanged.',
  );
