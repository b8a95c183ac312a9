import { type AttentionPattern, findAttentions, findFused, headShape, projectionWeights } from './attention';
import { withStandardOperators } from './contrib';
import { createFlow, type Flow } from './flow';
import { withOpenAttention } from './fusedAttention';
import { findMiddle, type Middle, type Place } from './middle';
import type { OnnxModel } from './model';
import { concreteInputs, DEFAULT_SIZES, type Sizes, type UnetInputs, unetInputs, unsupported } from './ports';
import { followShapes, type Known } from './shapes';

export interface AttentionInfo {
  /** Undefined when the graph has no skip connections to tell by. */
  readonly place: Place | undefined;
  readonly heads: number;
  readonly headWidth: number;
  /** Channels of its output. */
  readonly channels: number;
  /** Of the feature map that asks, in its own pixels, at the size that was looked at. */
  readonly height: number;
  readonly width: number;
}

export interface CrossAttentionInfo extends AttentionInfo {
  /** Initializers of its projections; more than one where they are quantized. */
  readonly keyWeights: readonly string[];
  readonly valueWeights: readonly string[];
}

/** What a UNet is made of, as far as methods touch it. Plain data. */
export interface UnetAnatomy {
  /** One sentence for people, without a full stop. */
  readonly summary: string;
  /** Version of the ONNX operators. */
  readonly opset: number;
  /** Names of the inputs. */
  readonly sample: string;
  readonly text: string;
  /** Width of a text row. */
  readonly textWidth: number | undefined;
  /** The size that shapes were followed for. */
  readonly sizes: Sizes;
  /** In order of execution. */
  readonly crossAttentions: readonly CrossAttentionInfo[];
  readonly selfAttentions: readonly AttentionInfo[];
  /** The mid-block's output, where the graph has one. */
  readonly middle: { readonly channels: number; readonly height: number; readonly width: number } | undefined;
}

/** A cross-attention with the tensors to take hold of it by. */
export interface CrossAttention {
  readonly pattern: AttentionPattern;
  readonly info: CrossAttentionInfo;
}

/** An anatomy together with the graph that it was read from. */
export interface Dissection {
  readonly model: OnnxModel;
  readonly inputs: UnetInputs;
  readonly flow: Flow;
  readonly shapes: ReadonlyMap<string, Known>;
  readonly crossAttentions: readonly CrossAttention[];
  readonly middle: Middle | undefined;
  readonly anatomy: UnetAnatomy;
}

/**
 * Finds the parts of a UNet by how its graph is wired; names play no part.
 * @param sizes latent size and text rows; needed where the graph leaves them free.
 * @throws EvenhandError 'model-unsupported', saying why, when no cross-attention can be reached.
 */
export function dissect(file: OnnxModel, sizes: Sizes = DEFAULT_SIZES): Dissection {
  const fused = look(withStandardOperators(file), sizes);
  const opened = withOpenAttention(fused.model, fused.flow, fused.shapes, fused.sources);
  const { model, inputs, flow, shapes, sources } = opened === fused.model ? fused : look(opened, sizes);
  const middle = findMiddle(model, flow, shapes);
  const sampleDims = shapes.get(inputs.sample.name)?.dims ?? [];
  const { path } = model.file;

  function describe(pattern: AttentionPattern): AttentionInfo {
    const shape = headShape(pattern, shapes, sampleDims[0] ?? 1);
    const channels = shapes.get(pattern.output)?.dims?.at(-1);
    const grid = shape && gridOf(pattern.query, shape.queries, flow, shapes);
    if (!shape || !grid || channels === undefined) {
      const has = (tensor: string) => tensor === '' || shapes.get(tensor)?.dims !== undefined;
      const unknown = model.graph.nodes.find(
        ({ inputs, outputs }) => inputs.every(has) && !outputs.every(has),
      );
      throw unsupported(
        `The shape of an attention in ${path} could not be worked out${unknown ? `: it is not known here what the operator ${unknown.opType} does` : ''}.`,
      );
    }
    const { heads, headWidth } = shape;
    return { place: middle?.placeOf(pattern.probabilities), heads, headWidth, channels, ...grid };
  }

  const patterns = findAttentions(model, flow, sources);
  const weights = (tensor: string) => projectionWeights(tensor, model, flow, sources);
  const crossAttentions = patterns
    .filter(({ cross }) => cross)
    .map((pattern) => ({
      pattern,
      info: { ...describe(pattern), keyWeights: weights(pattern.key), valueWeights: weights(pattern.value) },
    }));
  const hidden = findFused(model, sources);
  if (hidden && hidden.cross > 0) {
    throw unsupported(
      `The cross-attentions of ${path} are fused into ${hidden.operator} (${hidden.cross} of them), which hides the attention that methods need to see.`,
    );
  }
  if (crossAttentions.length === 0) {
    throw unsupported(
      `No cross-attention was found in ${path}: it takes text (${inputs.text.name}), but in none of its ${patterns.length} attentions does the picture ask the text.`,
    );
  }
  const selfAttentions = patterns.filter(({ cross }) => !cross).map(describe);
  const infos = crossAttentions.map(({ info }) => info);
  const anatomy: UnetAnatomy = {
    summary: summarize(infos, selfAttentions.length + (hidden?.self ?? 0), middle),
    opset: model.opset,
    sample: inputs.sample.name,
    text: inputs.text.name,
    textWidth: shapes.get(inputs.text.name)?.dims?.[2],
    sizes: {
      height: sampleDims[2] ?? sizes.height,
      width: sampleDims[3] ?? sizes.width,
      tokens: shapes.get(inputs.text.name)?.dims?.[1] ?? sizes.tokens,
    },
    crossAttentions: infos,
    selfAttentions,
    middle: middle && { channels: middle.channels, height: middle.height, width: middle.width },
  };
  return { model, inputs, flow, shapes, crossAttentions, middle, anatomy };
}

function look(model: OnnxModel, sizes: Sizes) {
  const inputs = unetInputs(model);
  const flow = createFlow(model);
  const shapes = followShapes(model, concreteInputs(model, flow, inputs, sizes));
  const sources = { sample: flow.from([inputs.sample.name]), text: flow.from([inputs.text.name]) };
  return { model, inputs, flow, shapes, sources };
}

/** Height and width of the nearest feature map behind a query that has as many pixels as the query has rows. */
function gridOf(query: string, rows: number, flow: Flow, shapes: ReadonlyMap<string, Known>) {
  const seen = new Set<string>();
  let front = [query];
  while (front.length > 0) {
    const makers = front.flatMap((tensor) => flow.producer(tensor) ?? []);
    for (const { opType, outputs } of makers) {
      const [, , height, width] = opType === 'Conv' ? (shapes.get(outputs[0]!)?.dims ?? []) : [];
      if (height && width && height * width === rows) return { height, width };
    }
    front = [...new Set(makers.flatMap(({ inputs }) => inputs))].filter((name) => !seen.has(name));
    for (const name of front) seen.add(name);
  }
  return undefined;
}

function summarize(cross: readonly AttentionInfo[], self: number, middle: Middle | undefined): string {
  const distinct = (of: (info: AttentionInfo) => string | number) => [...new Set(cross.map(of))];
  const many = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  const places = (['down', 'mid', 'up'] as const)
    .map((place) => [cross.filter((info) => info.place === place).length, place] as const)
    .filter(([count]) => count > 0)
    .map(([count, place]) => `${count} ${place}`);
  const heads = distinct(({ heads }) => heads);
  return [
    `${many(cross.length, 'cross-attention')}${places.length > 0 ? ` (${places.join(', ')})` : ''}`,
    `${heads.join('/')} ${heads.length === 1 && heads[0] === 1 ? 'head' : 'heads'}`,
    `${distinct(({ channels }) => channels).join('/')} channels`,
    `at ${distinct(({ width, height }) => `${width}x${height}`).join(' and ')}`,
    many(self, 'self-attention'),
    middle ? `mid-block ${middle.channels} x ${middle.width}x${middle.height}` : 'no mid-block',
  ].join(', ');
}
