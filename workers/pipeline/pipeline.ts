import { EvenhandError } from '../../src/core/errors';
import { schedulerIdOf } from '../../src/core/schedulers';
import { shippedVariants } from '../deltas/variants';
import { inspectImage } from '../inspect/run';
import type { InspectedImage, InspectJob, InspectProgress } from '../inspect/types';
import { withStandardOperators } from '../onnx/contrib';
import { type OnnxModel, readModel } from '../onnx/model';
import { attributesOf, readerSchema } from '../perception/config';
import { openPack, type Pack, type PackSource } from '../perception/pack/open';
import { createReader } from '../perception/reader';
import { createEncoder, type Encoder } from '../projector/encoder';
import { trainProjector } from '../projector/train';
import type { Projector, ProjectorJob, TrainingProgress } from '../projector/types';
import type { LoadProgress, ModelInfo, PromptReport, RunOutcome, RunRequest } from '../protocol';
import type { Graph, Runtime } from '../runtime/runtime';
import { checkParts, checkTokens } from './checkParts';
import * as config from './config';
import { createDecoder } from './decoder';
import { loadFiles, type ModelFiles } from './files';
import { besideGraphs, type GraphFile, graphFile } from './graphFile';
import { type Manifest, readManifest } from './manifest';
import type { Emit, PipelineParts } from './parts';
import { createPreviewer } from './preview';
import { createRemembered } from './remembered';
import { runRequest } from './run';
import type { ModelSource } from './source';
import { createTextEncoder } from './textEncoder';
import { createPromptTokenizer, type LearnedToken, type PromptTokenizer } from './tokenizer';
import { readTokenizerFile } from './tokenizerFile';
import { CAPABILITIES, openUnet } from './unet';
import { lazyDenoisers, variantsOf, withDefaults } from './variants';
import { createWeights } from './weights';

/** A model that is loaded and ready to draw. The same code serves the page's worker and Node. */
export interface Pipeline {
  readonly info: ModelInfo;
  /** For benches and tests that look at single stages. */
  readonly parts: PipelineParts;
  inspectPrompt(prompt: string): PromptReport;
  /** One request at a time. Never rejects: how it ended is the answer. */
  runRequest(
    request: RunRequest,
    emit: Emit,
    signal: AbortSignal,
    projectors?: readonly Projector[],
  ): Promise<RunOutcome>;
  /** @throws EvenhandError 'model-unsupported' without a VAE encoder, or what training throws. */
  trainProjector(
    job: ProjectorJob,
    onProgress: (progress: TrainingProgress) => void,
    signal: AbortSignal,
  ): Promise<Projector>;
  /** @throws EvenhandError, see inspect/run.ts. */
  inspect(
    job: InspectJob,
    projectors: readonly Projector[],
    onProgress: (progress: InspectProgress) => void,
    signal: AbortSignal,
  ): Promise<InspectedImage>;
  /**
   * Reads pictures with a pack from now on, or with what the model brings itself (null). Not while a request runs.
   * @throws EvenhandError, see perception/pack/open.ts; what read before then goes on reading.
   */
  perceiveWith(pack: PackSource | null, onProgress: (progress: LoadProgress) => void): Promise<void>;
  close(): Promise<void>;
}

const { PATHS } = config;
const GRAPHS = [PATHS.textEncoder, PATHS.unet, PATHS.vaeDecoder, PATHS.reader];
/** Preparations of methods that are kept; some hundred kilobytes each. */
const REMEMBERED = 32;
/** For models whose manifest names none: what diffusers' StableDiffusionPipeline takes. */
const DEFAULTS = { steps: 50, guidanceScale: 7.5 };
/** Of models whose UNet guides itself: LatentConsistencyModelPipeline's. */
const FEW_STEPS = { steps: 4, guidanceScale: 8.5 };

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
  const shipping = shippedVariants(source, manifest);
  const wanted = [...Object.values(PATHS), ...besideGraphs(manifest, GRAPHS)];
  const files = await loadFiles(source, manifest, wanted, onProgress);

  config.readIndex(files);
  const unet = config.readUnetConfig(files);
  const vae = config.readVaeConfig(files);
  const schedulerConfig = config.readSchedulerConfig(files);
  const ownScheduler = schedulerIdOf(schedulerConfig);
  const readerConfig = files.has(PATHS.reader)
    ? config.readConfig(files, PATHS.readerConfig, readerSchema)
    : undefined;
  const tokenizerFile = readTokenizerFile(files);
  const tokenizerWith = tokenizersOf(files, tokenizerFile.json);
  const tokenizer = tokenizerWith([]);
  const latentDims = config.latentDimsOf(unet, vae);
  const attributes = readerConfig ? attributesOf(readerConfig) : [];

  const graphs: Graph[] = [];
  const openFile = async ({ bytes, external }: GraphFile, path: string) => {
    const graph = await runtime.open(bytes, path, external);
    graphs.push(graph);
    return graph;
  };
  /** The files of a graph that is opened now and needs them no more. */
  const take = (from: ModelFiles, path: string, report: typeof onProgress) => {
    const file = graphFile(from, path);
    const bytes = file.external.reduce((sum, { data }) => sum + data.length, file.bytes.length);
    report({ stage: 'start', file: path, loadedBytes: bytes, totalBytes: bytes });
    for (const one of [path, ...besideGraphs(manifest, [path])]) from.drop(one);
    return file;
  };
  const open = (from: ModelFiles, path: string, report: typeof onProgress, check = (_: OnnxModel) => {}) => {
    const { bytes, external } = take(from, path, report);
    const model = withStandardOperators(readModel(bytes, path));
    check(model);
    return openFile({ bytes: model.file.bytes, external }, path);
  };
  const openNow = (path: string, check?: (model: OnnxModel) => void) => open(files, path, onProgress, check);
  const title = manifest.title ?? manifest.id;
  const [, height, width] = latentDims;
  const load = (path: string, report: typeof onProgress) =>
    loadFiles(source, manifest, [path, ...besideGraphs(manifest, [path])], report);
  const read = async (path: string) => graphFile(await load(path, () => {}), path);
  const sizes = { height, width, tokens: tokenizer.maxTokens };
  const mostRows = runtime.rowsStandAlone ? rowsFor(height * width) : Number.POSITIVE_INFINITY;
  const denoiserFrom = (from: ModelFiles, path: string, report: typeof onProgress) => {
    const open = (file: GraphFile) => openFile(file, path);
    return openUnet({ path, sizes, title, mostRows, open, read: () => read(path) }, take(from, path, report));
  };
  const textGraph = await openNow(PATHS.textEncoder, (model) => checkTokens(model, tokenizerFile.rows));
  const textEncoder = createTextEncoder(textGraph, tokenizer);
  const denoiser = await denoiserFrom(files, PATHS.unet, onProgress);
  const vaeDecoder = await openNow(PATHS.vaeDecoder);
  checkParts(
    { textEncoder: textGraph, unet: denoiser, vaeDecoder },
    { latentDims, maxTokens: tokenizer.maxTokens },
  );
  const decoder = createDecoder(vaeDecoder, vae);
  const reader = readerConfig && createReader(await openNow(PATHS.reader), readerConfig);

  const defaults = withDefaults(manifest.defaults, {
    ...(denoiser.guidesItself ? FEW_STEPS : DEFAULTS),
    scheduler: ownScheduler,
  });
  const variants = variantsOf(manifest, defaults);
  const denoiserOf = lazyDenoisers(manifest, denoiser, async (path, report) =>
    denoiserFrom(await load(path, report), path, report),
  );
  const encoder = lazyEncoder(manifest, async (report) => {
    const own = await load(config.VAE_ENCODER, report);
    return createEncoder(await open(own, config.VAE_ENCODER, report), vae, latentDims);
  });
  const weights = createWeights({
    ...{ manifest, sizes, tokenizer, textEncoder, denoiserOf, tokenizerWith, read },
    shipped: await shipping,
    textEncoderPath: PATHS.textEncoder,
    unetConfig: files.has(PATHS.unetConfig)
      ? config.readConfig(files, PATHS.unetConfig, config.anyObject)
      : unet,
    open: ({ bytes, external }, path) => runtime.open(bytes, path, external),
    openUnet: (path, file, readAgain, open) =>
      openUnet({ path, sizes, title, mostRows, open, read: readAgain }, file),
  });
  const own = { reader, attributes };
  let pack: Pack | undefined;
  const parts: PipelineParts = {
    tokenizer,
    textEncoder,
    denoiser,
    variants,
    denoiserOf,
    weights,
    decoder,
    encoder,
    get reader() {
      return (pack ?? own).reader;
    },
    previewer: createPreviewer(latentDims[0]),
    schedulerConfig,
    latentDims,
    get attributes() {
      return (pack ?? own).attributes;
    },
    model: { title, hash },
    remembered: createRemembered(REMEMBERED),
    rowsStandAlone: runtime.rowsStandAlone,
  };

  const facts = {
    id: manifest.id,
    title,
    hash,
    imageSize: config.imageSizeOf(unet.sample_size[0], vae),
    latentDims,
    maxTokens: tokenizer.maxTokens,
    predictionType: config.predictionTypeOf(schedulerConfig),
    defaults,
    variants,
    deltas: weights.infos,
    unet: denoiser.found,
    capabilities: CAPABILITIES.filter(denoiser.unet.can),
    backend: runtime.report,
    files: manifest.files.map(({ path, bytes }) => ({ path, bytes })),
  };
  return {
    get info(): ModelInfo {
      return { ...facts, attributes: parts.attributes, perception: pack?.info ?? null };
    },
    parts,
    inspectPrompt: tokenizer.report,
    runRequest: (request, emit, signal, projectors = []) =>
      runRequest(parts, request, emit, signal, projectors),
    trainProjector: async (job, onProgress, signal) =>
      trainProjector(job, {
        ...{ encoder: await encoder(() => {}), model: parts.model, latentDims, signal, onProgress },
      }),
    inspect: (job, projectors, onProgress, signal) =>
      inspectImage(parts, job, projectors, onProgress, signal),
    async perceiveWith(source, onProgress) {
      const next = source ? await openPack(source, runtime, onProgress) : undefined;
      await pack?.close();
      pack = next;
    },
    async close() {
      await pack?.close();
      await weights.close();
      for (const graph of graphs) await graph.close();
    },
  };
}

/** Heads of Stable Diffusion's first self-attention, and bytes that its scores may take: of wasm's 4 GiB, beside weights and copies. */
const [HEADS, SCORES] = [8, 600_000_000];

/**
 * One input at a time where fewer than four fit; any number otherwise. Never some: a rest of one would be computed in other portions than
 * in a larger batch, and lanes that share steps would no longer be to the bit what each is alone. @param tokens places of the latent.
 */
const rowsFor = (tokens: number): number =>
  SCORES / (4 * HEADS * tokens ** 2) < 4 ? 1 : Number.POSITIVE_INFINITY;

/** @param open fetches, checks and opens the encoder. @returns see PipelineParts.encoder. */
function lazyEncoder(
  { files }: Manifest,
  open: (report: (progress: LoadProgress) => void) => Promise<Encoder>,
): PipelineParts['encoder'] {
  let opening: Promise<Encoder> | undefined;
  return async (report) => {
    if (!files.some(({ path }) => path === config.VAE_ENCODER)) {
      throw new EvenhandError(
        'model-unsupported',
        `This model comes without ${config.VAE_ENCODER}, which turns pictures into latents.`,
        'Export the model with its VAE encoder, or train the projector on another model.',
      );
    }
    opening ??= open(report);
    // A download that failed is no reason to fail the next time too.
    opening.catch(() => {
      opening = undefined;
    });
    return opening;
  };
}

/** @returns the model's tokenizer, which also knows the learned tokens given. */
function tokenizersOf(
  files: ModelFiles,
  tokenizer: object,
): (learned: readonly LearnedToken[]) => PromptTokenizer {
  const raw = config.readConfig(files, PATHS.tokenizerConfig, config.anyObject);
  const [own, vocabulary] = [config.readTokenizerConfig(files), config.readVocabulary(files)];
  return (learned) => createPromptTokenizer(tokenizer, raw, own, vocabulary, learned);
}
