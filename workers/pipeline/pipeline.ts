import { schedulerIdOf } from '../../src/core/schedulers';
import { attributesOf, readerSchema } from '../perception/config';
import { createReader } from '../perception/reader';
import type { LoadProgress, ModelInfo, PromptReport, RunOutcome, RunRequest } from '../protocol';
import type { Graph, Runtime } from '../runtime/runtime';
import * as config from './config';
import { createDecoder } from './decoder';
import { createDenoiser } from './denoiser';
import { loadFiles, type ModelFiles } from './files';
import { readManifest } from './manifest';
import type { Emit, PipelineParts } from './parts';
import { createPreviewer } from './preview';
import { runRequest } from './run';
import type { ModelSource } from './source';
import { createTextEncoder } from './textEncoder';
import { createPromptTokenizer, type PromptTokenizer } from './tokenizer';

/** A model that is loaded and ready to draw. The same code serves the page's worker and Node. */
export interface Pipeline {
  readonly info: ModelInfo;
  /** For benches and tests that look at single stages. */
  readonly parts: PipelineParts;
  inspectPrompt(prompt: string): PromptReport;
  /** One request at a time. Never rejects: how it ended is the answer. */
  runRequest(request: RunRequest, emit: Emit, signal: AbortSignal): Promise<RunOutcome>;
  close(): Promise<void>;
}

const { PATHS } = config;
/** For models whose manifest names none: what diffusers' StableDiffusionPipeline takes. */
const DEFAULTS = { steps: 50, guidanceScale: 7.5 };

/**
 * Fetches, checks and opens a model in diffusers' ONNX layout.
 * @throws EvenhandError 'model-missing', 'model-corrupt', 'model-unsupported' or 'device-lost'.
 */
export async function loadPipeline(
  source: ModelSource,
  runtime: Runtime,
  onProgress: (progress: LoadProgress) => void,
): Promise<Pipeline> {
  const { manifest, hash } = await readManifest(source);
  const files = await loadFiles(source, manifest, Object.values(PATHS), onProgress);

  config.readIndex(files);
  const unet = config.readUnetConfig(files);
  const vae = config.readVaeConfig(files);
  const schedulerConfig = config.readSchedulerConfig(files);
  const ownScheduler = schedulerIdOf(schedulerConfig);
  const readerConfig = files.has(PATHS.reader)
    ? config.readConfig(files, PATHS.readerConfig, readerSchema)
    : undefined;
  const tokenizer = openTokenizer(files);
  const latentDims = [unet.in_channels, ...unet.sample_size] as const;
  const attributes = readerConfig ? attributesOf(readerConfig) : [];

  const graphs: Graph[] = [];
  const open = async (path: string) => {
    const { length } = files.bytes(path);
    onProgress({ stage: 'start', file: path, loadedBytes: length, totalBytes: length });
    const graph = await runtime.open(files.bytes(path), path);
    files.drop(path);
    graphs.push(graph);
    return graph;
  };
  const parts: PipelineParts = {
    tokenizer,
    textEncoder: createTextEncoder(await open(PATHS.textEncoder), tokenizer),
    denoiser: createDenoiser(await open(PATHS.unet)),
    decoder: createDecoder(await open(PATHS.vaeDecoder), vae),
    reader: readerConfig && createReader(await open(PATHS.reader), readerConfig),
    previewer: createPreviewer(latentDims[0]),
    schedulerConfig,
    latentDims,
    attributes,
  };

  const info: ModelInfo = {
    id: manifest.id,
    title: manifest.title ?? manifest.id,
    hash,
    imageSize: config.imageSizeOf(unet.sample_size[0], vae),
    latentDims,
    maxTokens: tokenizer.maxTokens,
    predictionType: config.predictionTypeOf(schedulerConfig),
    defaults: {
      steps: manifest.defaults?.steps ?? DEFAULTS.steps,
      guidanceScale: manifest.defaults?.guidanceScale ?? DEFAULTS.guidanceScale,
      scheduler: manifest.defaults?.scheduler ?? ownScheduler,
    },
    attributes,
    backend: runtime.report,
    files: manifest.files.map(({ path, bytes }) => ({ path, bytes })),
  };
  return {
    info,
    parts,
    inspectPrompt: tokenizer.report,
    runRequest: (request, emit, signal) => runRequest(parts, request, emit, signal),
    async close() {
      for (const graph of graphs) await graph.close();
    },
  };
}

function openTokenizer(files: ModelFiles): PromptTokenizer {
  const json = (path: string) => config.readConfig(files, path, config.anyObject);
  return createPromptTokenizer(
    json(PATHS.tokenizer),
    json(PATHS.tokenizerConfig),
    config.readTokenizerConfig(files),
    config.readVocabulary(files),
  );
}
