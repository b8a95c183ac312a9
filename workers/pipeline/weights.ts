import { EvenhandError, errorFrom } from '../../src/core/errors';
import { applyDelta, type DeltaSize, type GraphDelta } from '../deltas/apply';
import type { Delta } from '../deltas/file';
import { promptFor, wordsOfRule } from '../deltas/prompt';
import { broughtVariant, unetOf, type Variant } from '../deltas/variants';
import type { BroughtDelta, DeltaFacts, DeltaInfo, LaneDelta, LoadProgress } from '../protocol';
import type { Graph } from '../runtime/runtime';
import type { Denoiser } from './denoiser';
import type { GraphFile } from './graphFile';
import type { Manifest } from './manifest';
import { createPool, type Opened } from './opened';
import { createRemembered } from './remembered';
import { createTextEncoder, type TextEncoder } from './textEncoder';
import type { LearnedToken, PromptTokenizer } from './tokenizer';

type Report = (progress: LoadProgress) => void;

/** What a lane draws with: the model as it is, or with a trained variant in its weights. Lanes with equal weights have the same object. */
export interface LaneWeights {
  /** Tells these weights from others of the model; '' for the model as it is. */
  readonly key: string;
  readonly tokenizer: PromptTokenizer;
  readonly textEncoder: TextEncoder;
  readonly denoiser: Denoiser;
  /** What is drawn when the user asks for this. */
  promptFor(prompt: string): string;
  /** Words that a trained variant puts into prompts and was trained on. */
  readonly ownWords: readonly string[];
}

export interface Weights {
  readonly infos: readonly DeltaInfo[];
  /** Files that lanes may name from now on, in place of those before. */
  bring(deltas: readonly BroughtDelta[]): void;
  /**
   * Graphs are opened at the first call for them, and stay open as long as memory allows.
   * @param unet id of the UNet that draws; undefined for the full one.
   * @throws EvenhandError 'request-invalid' for a variant that there is not, 'model-unsupported' for one that does not fit, or what
   * loading a file or opening a graph throws.
   */
  of(unet: string | undefined, delta: LaneDelta | undefined, report: Report): Promise<LaneWeights>;
  /** What a variant changes and how much, without opening anything. @throws as `of` does. */
  describe(delta: string | BroughtDelta): Promise<DeltaFacts>;
  close(): Promise<void>;
}

export interface WeightsHost {
  readonly manifest: Manifest;
  readonly shipped: readonly Variant[];
  /** Paths of graphs. */
  readonly textEncoderPath: string;
  /** Parsed unet/config.json. */
  readonly unetConfig: unknown;
  readonly sizes: { readonly height: number; readonly width: number; readonly tokens: number };
  readonly tokenizer: PromptTokenizer;
  readonly textEncoder: TextEncoder;
  denoiserOf(unet: string | undefined, report: Report): Promise<Denoiser>;
  tokenizerWith(learned: readonly LearnedToken[]): PromptTokenizer;
  /** The files of a graph, checked: from this device, since they were fetched before. */
  read(path: string): Promise<GraphFile>;
  open(file: GraphFile, path: string): Promise<Graph>;
  /** @param read gives the same file again, for the graph that steers. */
  openUnet(
    path: string,
    file: GraphFile,
    read: () => Promise<GraphFile>,
    open: (file: GraphFile) => Promise<Graph>,
  ): Promise<Denoiser>;
}

/** Graphs with changed weights that stay open: six of the embedded model, as many as a board has lanes (70 MB of memory each, measured). */
const BUDGET = 256 * 2 ** 20;
/** Files hold int8 or float16, memory float32. */
const UNPACKED = 4;
const KEPT = 32;

export function createWeights(host: WeightsHost): Weights {
  const { manifest, shipped } = host;
  const pool = createPool(BUDGET);
  let brought: readonly Variant[] = [];
  const remembered = createRemembered(KEPT);
  const bases = new Map<string | undefined, LaneWeights>();

  async function baseOf(unet: string | undefined, report: Report): Promise<LaneWeights> {
    const denoiser = await host.denoiserOf(unet, report);
    const { tokenizer, textEncoder } = host;
    const base = bases.get(unet) ?? {
      ...{ key: '', tokenizer, textEncoder, denoiser },
      promptFor: (prompt: string) => prompt,
      ownWords: [],
    };
    bases.set(unet, base);
    return base;
  }

  function find(id: string): Variant {
    const all = [...shipped, ...brought];
    const found = all.find(({ info }) => info.id === id);
    if (!found) throw unknownDelta(id, shipped);
    if (found.info.problem) throw errorFrom(found.info.problem);
    return found;
  }

  const optionsFor = (path: string, { info }: Variant) =>
    path === host.textEncoderPath
      ? { path, name: info.name }
      : { path, name: info.name, unet: { sizes: host.sizes, config: host.unetConfig } };

  async function change(path: string, variant: Variant, delta: GraphDelta, strength: number) {
    const { bytes, external } = await host.read(path);
    return { ...applyDelta(bytes, delta, strength, optionsFor(path, variant)), external };
  }

  /** Tokens start from the rows of their initializer's words. */
  const textDelta = ({ info }: Variant, { text_encoder, embeddings }: Delta): GraphDelta => ({
    modules: text_encoder,
    rows: embeddings.map((embedding) => {
      const own = info.card?.tokens.find(({ token }) => token === embedding.token);
      const { ids, eos } = host.tokenizer.encode(own?.initializer ?? '');
      return { ...embedding, initial: ids.slice(1, eos) };
    }),
  });

  async function openText(variant: Variant, delta: Delta, strength: number) {
    const path = host.textEncoderPath;
    const { bytes, external, knownTokens } = await change(path, variant, textDelta(variant, delta), strength);
    const graph = await host.open({ bytes, external }, path);
    return {
      value: { graph, knownTokens: knownTokens ?? 0 },
      bytes: bytes.length * UNPACKED,
      close: graph.close,
    };
  }

  async function changedText(key: string, variant: Variant, delta: Delta, strength: number) {
    if (delta.text_encoder.length === 0 && delta.embeddings.length === 0) return host;
    const use = () => pool.use(`text ${key}`, () => openText(variant, delta, strength));
    let { knownTokens: next } = await use();
    const learned = delta.embeddings.map(({ token, vectors }): LearnedToken => {
      const ids = Array.from({ length: vectors }, (_, i) => next + i);
      next += vectors;
      return { token, ids };
    });
    const tokenizer = learned.length > 0 ? host.tokenizerWith(learned) : host.tokenizer;
    const graph: Pick<Graph, 'run'> = { run: async (feeds) => (await use()).graph.run(feeds) };
    return { tokenizer, textEncoder: createTextEncoder(graph, tokenizer) };
  }

  async function openDenoiser(
    path: string,
    variant: Variant,
    delta: Delta,
    strength: number,
  ): Promise<Opened<Denoiser>> {
    const graphs: Graph[] = [];
    const read = () => change(path, variant, { modules: delta.unet }, strength);
    const file = await read();
    const value = await host.openUnet(path, file, read, async (instrumented) => {
      const graph = await host.open(instrumented, path);
      graphs.push(graph);
      return graph;
    });
    const close = async () => {
      for (const graph of graphs) await graph.close();
    };
    return { value, bytes: file.bytes.length * UNPACKED, close };
  }

  async function make(
    key: string,
    unet: string | undefined,
    variant: Variant,
    strength: number,
    report: Report,
  ): Promise<LaneWeights> {
    const { info } = variant;
    const path = unetOf(manifest, unet ?? null);
    if (!info.drawsWith.includes(unet ?? null)) throw otherUnet(info, path);
    const base = await baseOf(unet, report);
    const delta = await variant.read(report);
    report({ stage: 'apply', file: info.name, loadedBytes: info.bytes, totalBytes: info.bytes });
    const text = await changedText(key, variant, delta, strength);
    const open = () => openDenoiser(path, variant, delta, strength);
    const use = () => pool.use(`unet ${key}`, open);
    const denoiser = delta.unet.length > 0 ? reopening(await use(), use) : base.denoiser;
    const tokens = delta.embeddings.map(({ token }) => token);
    const rule = info.card?.prompt ?? null;
    return {
      ...{ key, tokenizer: text.tokenizer, textEncoder: text.textEncoder, denoiser },
      promptFor: (prompt) => promptFor(prompt, tokens, rule),
      ownWords: wordsOfRule(rule),
    };
  }

  return {
    infos: shipped.map(({ info }) => info),
    bring(deltas) {
      const known = new Map(brought.map((variant) => [variant.info.id, variant]));
      brought = deltas.map((delta) => known.get(delta.id) ?? broughtVariant(delta, manifest));
    },
    async of(unet, delta, report) {
      if (!delta) return baseOf(unet, report);
      const variant = find(delta.id);
      if (delta.strength === 0) return baseOf(unet, report);
      const key = JSON.stringify([unet ?? null, delta.id, delta.strength]);
      return remembered(key, () => make(key, unet, variant, delta.strength, report));
    },
    async describe(asked) {
      const variant = typeof asked === 'string' ? find(asked) : broughtVariant(asked, manifest);
      if (variant.info.problem) throw errorFrom(variant.info.problem);
      const delta = await variant.read(() => {});
      const sizes: Record<string, DeltaSize> = {};
      if (delta.unet.length > 0) {
        for (const id of variant.info.drawsWith) {
          const path = unetOf(manifest, id);
          sizes[path] = (await change(path, variant, { modules: delta.unet }, 0)).size;
        }
      }
      if (delta.text_encoder.length > 0 || delta.embeddings.length > 0) {
        const { size } = await change(host.textEncoderPath, variant, textDelta(variant, delta), 0);
        sizes[host.textEncoderPath] = size;
      }
      return { info: variant.info, sizes };
    },
    close: pool.close,
  };
}

/** A denoiser whose graph may have been closed for others to have room, and is then opened again. */
function reopening({ unet, guidesItself }: Denoiser, use: () => Promise<Denoiser>): Denoiser {
  let milliseconds = 0;
  return {
    unet,
    guidesItself,
    runMilliseconds: () => milliseconds,
    async predict(inputs, timestep, guidanceScale) {
      const denoiser = await use();
      const before = denoiser.runMilliseconds();
      try {
        return await denoiser.predict(inputs, timestep, guidanceScale);
      } finally {
        milliseconds += denoiser.runMilliseconds() - before;
      }
    },
  };
}

function unknownDelta(id: string, shipped: readonly Variant[]): EvenhandError {
  const ids = shipped.map(({ info }) => info.id).join(', ');
  return new EvenhandError(
    'request-invalid',
    `This lane names the variant "${id}", which is neither one of this model's (${ids === '' ? 'it has none' : ids}) nor kept in this browser.`,
    'Choose another variant for the lane, or import its file again.',
  );
}

function otherUnet({ name }: DeltaInfo, path: string): EvenhandError {
  return new EvenhandError(
    'model-unsupported',
    `The variant "${name}" was not made for ${path}, which draws with these settings.`,
    'Draw with the full model, or choose another variant.',
  );
}
