import { EvenhandError } from '../../src/core/errors';
import type { Flow } from './flow';
import type { GraphValue, OnnxModel } from './model';
import { FLOAT_TYPES } from './schema';
import type { Known } from './shapes';

/** The inputs of a UNet, told apart by their shapes. */
export interface UnetInputs {
  /** The latent, [B, C, h, w]. */
  readonly sample: GraphValue;
  /** The text rows, [B, T, D]. */
  readonly text: GraphValue;
}

/** The concrete size at which a graph with free dimensions is looked at. */
export interface Sizes {
  /** Latent pixels. */
  readonly height: number;
  readonly width: number;
  /** Rows of text. */
  readonly tokens: number;
}

/** Stable Diffusion's. Only consulted for dimensions that the graph leaves free. */
export const DEFAULT_SIZES: Sizes = { height: 64, width: 64, tokens: 77 };
/** Two samples, so that a batch dimension cannot be mistaken for one of size 1. */
const BATCH = 2;

/** @throws EvenhandError 'model-unsupported' when the graph is not that of a UNet which takes text. */
export function unetInputs({ file, graph: { inputs } }: OnnxModel): UnetInputs {
  const stated = inputs.map(({ name, dims }) => `${name} [${dims?.join(', ') ?? '?'}]`).join(', ');
  // One of that rank is it, whatever its name; where a model has more of them (ControlNet), diffusers' names decide.
  const pick = (rank: number, name: string): GraphValue | 'several' | undefined => {
    const found = inputs.filter(({ type, dims }) => FLOAT_TYPES.includes(type) && dims?.length === rank);
    return found.length > 1 ? (found.find((input) => input.name === name) ?? 'several') : found[0];
  };
  const [sample, text] = [pick(4, 'sample'), pick(3, 'encoder_hidden_states')];
  if (sample === undefined) {
    throw unsupported(
      `The graph ${file.path} is not a UNet: none of its inputs (${stated}) is a latent of four dimensions.`,
    );
  }
  if (text === undefined) {
    throw unsupported(
      `No cross-attention was found in ${file.path}: this model's UNet takes no text (its inputs are ${stated}).`,
    );
  }
  if (sample === 'several' || text === 'several') {
    throw unsupported(
      `Which of the inputs of ${file.path} is the ${sample === 'several' ? 'latent' : 'text'} cannot be told (${stated}).`,
    );
  }
  return { sample, text };
}

/** Shape and type of every input at one size. */
export function concreteInputs(
  { graph }: OnnxModel,
  flow: Flow,
  { sample, text }: UnetInputs,
  sizes: Sizes,
): ReadonlyMap<string, Known> {
  // Channels may be free too (Optimum); the first convolution says how many there are.
  const latents = flow.from([sample.name]);
  const first = graph.nodes.find(({ opType, inputs }) => opType === 'Conv' && latents.has(inputs[0] ?? ''));
  const kernels = [...flow.behind(first?.inputs.slice(1, 2) ?? [])].map((name) =>
    graph.initializers.get(name),
  );
  const channels = kernels.find((kernel) => kernel?.dims.length === 4)?.dims[1];
  const stated = sample.dims?.[0];
  const batch = typeof stated === 'number' ? stated : BATCH;
  const roles = new Map([
    [sample.name, [batch, channels, sizes.height, sizes.width]],
    [text.name, [batch, sizes.tokens, undefined]],
  ]);
  return new Map(
    graph.inputs.map(({ name, type, dims }) => {
      // Of other inputs only vectors are known, one number or row per sample: timesteps, guidance.
      const role = roles.get(name) ?? (dims && dims.length <= 2 ? [batch] : []);
      const filled = dims?.map((dim, axis) => (typeof dim === 'number' ? dim : role[axis]));
      return [name, { type, dims: filled?.every((dim) => dim !== undefined) ? filled : undefined }];
    }),
  );
}

/** For models that are whole and well-formed, but not of a kind that can be used. */
export function unsupported(message: string): EvenhandError {
  return new EvenhandError(
    'model-unsupported',
    message,
    'Choose a Stable Diffusion 1 or 2 model, exported with plain attention (torch.onnx or Optimum, not optimized further).',
  );
}
