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
import { lazyDenoisers, variantsOf, withDefaults } from './variants';

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
  const latentDims = config.latentDimsOf(unet, vae);
  const attributes = readerConfig ? attributesOf(readerConfig) : [];

  const graphs: Graph[] = [];
  const open = async (from: ModelFiles, path: string, report: typeof onProgress) => {
    const { length } = from.bytes(path);
    report({ stage: 'start', file: path, loadedBytes: length, totalBytes: length });
    const graph = await runtime.open(from.bytes(path), path);
    from.drop(path);
    graphs.push(graph);
    return graph;
  };
  const openNow = (path: string) => open(files, path, onProgress);
  const textEncoder = createTextEncoder(await openNow(PATHS.textEncoder), tokenizer);
  const denoiser = createDenoiser(await openNow(PATHS.unet));
  const decoder = createDecoder(await openNow(PATHS.vaeDecoder), vae);
  const reader = readerConfig && createReader(await openNow(PATHS.reader), readerConfig);

  const defaults = withDefaults(manifest.defaults, { ...DEFAULTS, scheduler: ownScheduler });
  const variants = variantsOf(manifest, defaults);
  const denoiserOf = lazyDenoisers(manifest, denoiser, async (path, report) =>
    createDenoiser(await open(await loadFiles(source, manifest, [path], report), path, report)),
  );
  const parts: PipelineParts = {
    tokenizer,
    textEncoder,
    denoiser,
    variants,
    denoiserOf,
    decoder,
    reader,
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
    defaults,
    variants,
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
