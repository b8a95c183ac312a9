import * as v from 'valibot';
import { EvenhandError } from '../../src/core/errors';
import type { RawSchedulerConfig } from '../../src/core/schedulers';
import { corruptFile } from './fileErrors';
import type { ModelFiles } from './files';

/** The files of a diffusers-layout ONNX export, by what they are. Nothing that one of them holds is written in code. */
export const PATHS = {
  index: 'model_index.json',
  scheduler: 'scheduler/scheduler_config.json',
  tokenizer: 'tokenizer/tokenizer.json',
  /** In place of tokenizer.json in older exports. */
  vocab: 'tokenizer/vocab.json',
  merges: 'tokenizer/merges.txt',
  tokenizerConfig: 'tokenizer/tokenizer_config.json',
  specialTokens: 'tokenizer/special_tokens_map.json',
  textEncoder: 'text_encoder/model.onnx',
  unet: 'unet/model.onnx',
  unetConfig: 'unet/config.json',
  vaeDecoder: 'vae_decoder/model.onnx',
  vaeConfig: 'vae_decoder/config.json',
  /** Only embedded models ship these. */
  vocabulary: 'vocabulary.json',
  reader: 'perception/reader.onnx',
  readerConfig: 'perception/reader.json',
} as const;

/** Not needed to draw, so not fetched with the others. */
export const VAE_ENCODER = 'vae_encoder/model.onnx';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
/** Latents of 1024 make pictures of 8192 pixels, beyond any Stable Diffusion. */
const side = v.pipe(count, v.maxValue(1024));
/** "<|endoftext|>" or {"content": "<|endoftext|>", ...}. */
const token = v.union([
  v.string(),
  v.pipe(
    v.object({ content: v.string() }),
    v.transform(({ content }) => content),
  ),
]);

/** A JSON object whose reader checks it itself. */
export const anyObject = v.record(v.string(), v.unknown());

const indexSchema = v.object({ _class_name: v.string() });

const unetSchema = v.object({
  sample_size: v.union([
    v.pipe(
      side,
      v.transform((side) => [side, side] as const),
    ),
    v.tuple([side, side]),
  ]),
  in_channels: count,
});

/** Of Stable Diffusion 1 and 2. */
const SCALING = 0.18215;

const vaeSchema = v.object({
  /** diffusers' default is 4. */
  latent_channels: v.optional(count, 4),
  /** diffusers: every block but the last doubles the side. Absent where the autoencoder is not built of such blocks. */
  block_out_channels: v.optional(v.pipe(v.array(count), v.minLength(1), v.maxLength(8))),
  /** Side of the pictures it was trained on, in pixels. */
  sample_size: v.optional(count),
  /** Latents are multiplied by this after encoding; diffusers' AutoencoderKL.config.scaling_factor, and its default. */
  scaling_factor: v.optional(v.pipe(v.number(), v.minValue(1e-6), v.maxValue(1e6)), SCALING),
  shift_factor: v.optional(v.nullable(v.number())),
});

const tokenizerSchema = v.object({
  model_max_length: v.optional(v.pipe(count, v.maxValue(4096)), 77),
  eos_token: v.optional(token, '<|endoftext|>'),
  pad_token: v.optional(v.nullable(token)),
});

const specialSchema = v.object({ pad_token: v.optional(v.nullable(token)) });

const predictionSchema = v.picklist(['epsilon', 'v_prediction', 'sample']);

const vocabularySchema = v.union([
  v.array(v.string()),
  v.pipe(
    v.object({ words: v.array(v.string()) }),
    v.transform(({ words }) => words),
  ),
]);

export type UnetConfig = v.InferOutput<typeof unetSchema>;
export type VaeConfig = v.InferOutput<typeof vaeSchema>;
export type TokenizerConfig = v.InferOutput<typeof tokenizerSchema>;

/** Pipelines that draw as Stable Diffusion does: one UNet, one CLIP text encoder. */
const KNOWN = /^(Onnx|ORT)?(StableDiffusion|LatentConsistencyModel)Pipeline$/;
/** Those that people will try, by name. */
const NOT_YET: readonly (readonly [name: RegExp, title: string])[] = [
  [/StableDiffusionXL/, 'Stable Diffusion XL'],
  [/StableDiffusion3/, 'Stable Diffusion 3'],
  [/Flux/, 'Flux'],
  [/PixArt/, 'PixArt'],
  [/Kandinsky/, 'Kandinsky'],
  [/Inpaint|Img2Img|Depth|Upscale|InstructPix2Pix|ControlNet/, 'a model that draws from another picture'],
];

/** @throws EvenhandError 'model-unsupported' for a pipeline that is not Stable Diffusion's. */
export function readIndex(files: ModelFiles): void {
  const { _class_name } = readConfig(files, PATHS.index, indexSchema);
  if (KNOWN.test(_class_name)) return;
  const known = NOT_YET.find(([name]) => name.test(_class_name));
  throw new EvenhandError(
    'model-unsupported',
    `model_index.json says that this model is ${known ? `${known[1]} (${_class_name}), which is not supported yet` : `a ${_class_name}`}; Evenhand runs Stable Diffusion 1.x, 2.x and Turbo.`,
    'Choose another model.',
  );
}

/** The whole scheduler_config.json; src/core/schedulers checks what it uses. */
export function readSchedulerConfig(files: ModelFiles): RawSchedulerConfig {
  return readConfig(files, PATHS.scheduler, anyObject);
}

/** diffusers' default is epsilon. @throws EvenhandError 'model-corrupt' for a name that no scheduler knows. */
export function predictionTypeOf(scheduler: RawSchedulerConfig): v.InferOutput<typeof predictionSchema> {
  const parsed = v.safeParse(predictionSchema, scheduler.prediction_type ?? 'epsilon');
  if (!parsed.success) throw corruptFile(PATHS.scheduler, `prediction_type: ${v.summarize(parsed.issues)}`);
  return parsed.output;
}

/** Side of the picture in pixels. @throws EvenhandError 'model-corrupt' when the VAE's config does not tell. */
export function imageSizeOf(latentSide: number, vae: VaeConfig): number {
  if (vae.block_out_channels) return latentSide * 2 ** (vae.block_out_channels.length - 1);
  if (vae.sample_size) return vae.sample_size;
  throw corruptFile(PATHS.vaeConfig, 'it has neither block_out_channels nor sample_size');
}

/**
 * Shape of one latent: the channels of the autoencoder, the sides of the UNet.
 * @throws EvenhandError 'model-unsupported' when the UNet wants more than the latent itself (inpainting, depth).
 */
export function latentDimsOf(unet: UnetConfig, vae: VaeConfig): readonly [number, number, number] {
  if (unet.in_channels !== vae.latent_channels) {
    throw new EvenhandError(
      'model-unsupported',
      `This model's UNet takes ${unet.in_channels} channels and its autoencoder has ${vae.latent_channels}, so it needs more than text to draw from.`,
      'Choose a text-to-image model.',
    );
  }
  return [vae.latent_channels, ...unet.sample_size];
}

/** Of Stable Diffusion 1, whose older exports come without. */
const UNET = { sample_size: [64, 64], in_channels: 4 } as const;
const VAE: VaeConfig = {
  latent_channels: 4,
  block_out_channels: [128, 256, 512, 512],
  scaling_factor: SCALING,
};

export const readUnetConfig = (files: ModelFiles): UnetConfig =>
  files.has(PATHS.unetConfig) ? readConfig(files, PATHS.unetConfig, unetSchema) : UNET;
export const readVaeConfig = (files: ModelFiles): VaeConfig =>
  files.has(PATHS.vaeConfig) ? readConfig(files, PATHS.vaeConfig, vaeSchema) : VAE;

/** What special_tokens_map.json says of padding counts: Stable Diffusion 2 pads with "!", and says so only there. */
export function readTokenizerConfig(files: ModelFiles): TokenizerConfig {
  const own = readConfig(files, PATHS.tokenizerConfig, tokenizerSchema);
  const { pad_token } = files.has(PATHS.specialTokens)
    ? readConfig(files, PATHS.specialTokens, specialSchema)
    : {};
  return { ...own, pad_token: pad_token ?? own.pad_token };
}

/** Every word of the training captions, for models that ship it. */
export function readVocabulary(files: ModelFiles): readonly string[] | undefined {
  return files.has(PATHS.vocabulary) ? readConfig(files, PATHS.vocabulary, vocabularySchema) : undefined;
}

/** @throws EvenhandError 'model-corrupt' with the path of the first value that does not fit. */
export function readConfig<S extends v.GenericSchema>(
  files: ModelFiles,
  path: string,
  schema: S,
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, parseJson(files.bytes(path), path), { abortEarly: true });
  if (!parsed.success) throw corruptFile(path, v.summarize(parsed.issues));
  return parsed.output;
}

/** Python writes numbers that JSON does not have; diffusers does so in `lambda_min_clipped`. */
const NOT_JSON = /(?<=[:[,]\s*)(?:-?Infinity|NaN)(?=\s*[,}\]])/g;

/**
 * Parses JSON; Python's Infinity and NaN are read as null.
 * @throws EvenhandError 'model-corrupt' when the bytes are no JSON.
 */
export function parseJson(bytes: Uint8Array, path: string): unknown {
  const text = textOf(bytes, path);
  try {
    return JSON.parse(text);
  } catch (cause) {
    try {
      return JSON.parse(text.replace(NOT_JSON, 'null'));
    } catch {
      throw corruptFile(path, 'it is no JSON', { cause });
    }
  }
}

/** @throws EvenhandError 'model-corrupt' when the bytes are no UTF-8. */
export function textOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw corruptFile(path, 'it is no text in UTF-8', { cause });
  }
}
