import * as v from 'valibot';
import { broken, unsupported } from './errors';
import type { NamedTensor, Safetensors } from './safetensors';

/** A low-rank change of one module's weight: scale * B A, reshaped to the weight. */
export interface ModuleDelta {
  /** As the file names it without its prefix: with dots (diffusers) or underscores (kohya). */
  readonly module: string;
  readonly rank: number;
  /** [rank, in * kernel height * kernel width]. */
  readonly a: Float32Array;
  /** [out, rank]. */
  readonly b: Float32Array;
  /** Of A behind its rank: [in], or [in, kernel height, kernel width]. */
  readonly inputs: readonly number[];
  readonly outputs: number;
  /** alpha / rank; 1 where the file names no alpha. */
  readonly scale: number;
}

type Part = 'a' | 'b' | 'alpha';

/** Ends of keys, the longer ones first. What stands before is the module. */
const ENDS: readonly (readonly [end: string, part: Part])[] = [
  // PEFT, and diffusers since 0.17
  ['.lora_A.default.weight', 'a'],
  ['.lora_B.default.weight', 'b'],
  ['.lora_A.weight', 'a'],
  ['.lora_B.weight', 'b'],
  // diffusers before PEFT
  ['.lora_linear_layer.down.weight', 'a'],
  ['.lora_linear_layer.up.weight', 'b'],
  ['.lora.down.weight', 'a'],
  ['.lora.up.weight', 'b'],
  // attention processors of diffusers 0.14 to 0.20
  ['_lora.down.weight', 'a'],
  ['_lora.up.weight', 'b'],
  // kohya
  ['.lora_down.weight', 'a'],
  ['.lora_up.weight', 'b'],
  ['.lora_alpha', 'alpha'],
  ['.alpha', 'alpha'],
];

/** Networks of a pipeline that a LoRA can change. */
export type Network = 'unet' | 'text_encoder';
export type Lora = Readonly<Record<Network, readonly ModuleDelta[]>>;

/** What keys of a network begin with, the longer ones first. A key that begins with none of them is of the UNet. */
const PREFIXES: readonly (readonly [start: string, network: Network])[] = [
  ['base_model.model.text_encoder.', 'text_encoder'],
  ['base_model.model.unet.', 'unet'],
  ['base_model.model.', 'unet'],
  ['text_encoder.', 'text_encoder'],
  ['lora_te1_', 'text_encoder'],
  ['lora_te_', 'text_encoder'],
  ['lora_unet_', 'unet'],
  ['unet.', 'unet'],
];
/** Of SDXL, which has two text encoders. */
const SECOND_ENCODER = ['text_encoder_2.', 'lora_te2_'];

/** Whether a key is one of a LoRA's, in any of the names that are read. */
export function isLoraKey(key: string): boolean {
  return ENDS.some(([end]) => key.endsWith(end));
}

/**
 * Reads the keys of a LoRA in the names of diffusers, PEFT or kohya.
 * @param name of the file, for errors.
 * @throws EvenhandError 'model-corrupt' for keys without their other half, ranks or shapes that do not fit, or numbers that are
 * none; 'model-unsupported' for other kinds of adapters, and for one of SDXL.
 */
export function readLora({ tensors, metadata }: Safetensors, name: string): Lora {
  const networks = {
    unet: new Map<string, Partial<Record<Part, NamedTensor>>>(),
    text_encoder: new Map<string, Partial<Record<Part, NamedTensor>>>(),
  };
  for (const [key, tensor] of tensors) {
    const { network, module, part } = splitKey(key, name);
    const modules = networks[network];
    const parts = modules.get(module) ?? {};
    if (parts[part]) throw broken(name, `it has two tensors for the ${NAMES[part]} of ${module}`);
    if (!tensor.data.every(Number.isFinite)) throw broken(name, `"${key}" holds numbers that are none`);
    modules.set(module, { ...parts, [part]: tensor });
  }
  const scales = peftScales(metadata, name);
  const read = (network: Network) =>
    [...networks[network]].map(([module, parts]) => moduleOf(module, parts, scales[network], name));
  return { unet: read('unet'), text_encoder: read('text_encoder') };
}

const NAMES: Readonly<Record<Part, string>> = { a: 'down projection', b: 'up projection', alpha: 'alpha' };

function splitKey(key: string, name: string): { network: Network; module: string; part: Part } {
  if (SECOND_ENCODER.some((prefix) => key.startsWith(prefix))) {
    throw unsupported(name, `it is of SDXL ("${key}"), which has a second text encoder`);
  }
  const found = ENDS.find(([end]) => key.endsWith(end));
  if (!found) {
    throw unsupported(name, `"${key}" is no key of a LoRA in the names of diffusers, PEFT or kohya`);
  }
  const [end, part] = found;
  const whole = key.slice(0, -end.length);
  const [prefix, network] = PREFIXES.find(([start]) => whole.startsWith(start)) ?? (['', 'unet'] as const);
  const module = whole.slice(prefix.length).replace('.processor.', '.');
  // Processors name the projection behind the attention without its place in a list.
  return { network, module: end.startsWith('_') ? module.replace(/\.to_out$/, '.to_out.0') : module, part };
}

function moduleOf(
  module: string,
  { a, b, alpha }: Partial<Record<Part, NamedTensor>>,
  scaleOf: ScaleOf,
  name: string,
): ModuleDelta {
  const missing = a ? (b ? undefined : 'up') : 'down';
  if (!a || !b) throw broken(name, `${module} has no ${missing} projection`);
  const [rank = 0, ...inputs] = a.shape;
  const [outputs = 0, columns, ...kernel] = b.shape;
  const shapes = `[${a.shape.join(', ')}] and [${b.shape.join(', ')}]`;
  if (![2, 4].includes(a.shape.length) || a.shape.length !== b.shape.length || kernel.some((k) => k !== 1)) {
    throw broken(name, `the projections of ${module} have the shapes ${shapes}, which are no LoRA's`);
  }
  if (rank !== columns) throw broken(name, `the projections of ${module}, ${shapes}, differ in rank`);
  if (a.data.length === 0 || b.data.length === 0) {
    throw broken(name, `the projections of ${module}, ${shapes}, are empty`);
  }
  if (alpha && alpha.data.length !== 1) {
    throw broken(name, `the alpha of ${module} is ${alpha.data.length} numbers`);
  }
  const own = alpha ? alpha.data[0]! / rank : scaleOf(module, rank);
  return { module, rank, a: a.data, b: b.data, inputs, outputs, scale: own ?? 1 };
}

/** @returns undefined where the file does not say. */
type ScaleOf = (module: string, rank: number) => number | undefined;

const positive = v.pipe(v.number(), v.finite());
const adapterSchema = v.object({
  lora_alpha: v.optional(positive),
  alpha_pattern: v.optional(v.record(v.string(), positive), {}),
  use_rslora: v.optional(v.boolean(), false),
  use_dora: v.optional(v.literal(false)),
});

/** diffusers keeps PEFT's settings in the header from 0.34 on; there alpha is no tensor. */
function peftScales(
  { lora_adapter_metadata: text }: Readonly<Record<string, string>>,
  name: string,
): Readonly<Record<Network, ScaleOf>> {
  if (text === undefined) return { unet: () => undefined, text_encoder: () => undefined };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw broken(name, 'its "lora_adapter_metadata" is no JSON');
  }
  const of = (network: Network): ScaleOf => {
    const settings = Object.entries(json ?? {}).filter(([key]) => key.startsWith(`${network}.`));
    const own = Object.fromEntries(settings.map(([key, value]) => [key.slice(network.length + 1), value]));
    const parsed = v.safeParse(adapterSchema, own);
    if (!parsed.success) {
      throw unsupported(name, `its "lora_adapter_metadata" is not understood: ${parsed.issues[0].message}`);
    }
    const { lora_alpha: all, alpha_pattern: patterns, use_rslora: stable } = parsed.output;
    return (module, rank) => {
      const [, alpha = all] =
        Object.entries(patterns).find(([end]) => module === end || module.endsWith(`.${end}`)) ?? [];
      return alpha === undefined ? undefined : alpha / (stable ? Math.sqrt(rank) : rank);
    };
  };
  return { unet: of('unet'), text_encoder: of('text_encoder') };
}
