import { EvenhandError } from '../../src/core/errors';
import { dissect } from '../onnx/anatomy';
import { type AttentionPattern, findAttentions } from '../onnx/attention';
import type { Flow } from '../onnx/flow';
import { findMiddle, type Place } from '../onnx/middle';
import type { Node, OnnxModel } from '../onnx/model';
import { DEFAULT_SIZES, type Sizes } from '../onnx/ports';
import { NODE } from '../onnx/schema';
import { fieldOf, stringOf } from '../onnx/wire';
import { transformerBlocks } from './names';

/** The node that multiplies with a module's weight, which is its second input. */
export interface Site {
  readonly module: string;
  readonly node: Node;
}

/** @returns undefined for a module that is not there. Dots and underscores in names count as the same, as in kohya's names. */
export type SiteFinder = (module: string) => Site | undefined;

export interface SiteOptions {
  readonly sizes?: Sizes;
  /** Parsed unet/config.json: what attentions are called where the graph has lost the names. */
  readonly config?: unknown;
}

/**
 * Finds modules of a diffusers UNet, or of a CLIP text encoder, in its exported graph. torch's tracing exporter names a node after its module
 * ("/down_blocks.0/.../to_k/MatMul") while it calls the weight of a MatMul "onnx::MatMul_1849", so nodes' names come first, then names
 * of weights ("conv_in.weight"). Where both were lost, the projections of attentions are found by how the graph is wired and
 * named by their order, which unet/config.json tells; anything else stays unknown then.
 * @param unet undefined for a graph that is none.
 */
export function siteFinder(model: OnnxModel, flow: Flow, unet: SiteOptions | undefined): SiteFinder {
  const named = new Map<string, Site>();
  for (const node of model.graph.nodes) {
    if (!isProjection(node)) continue;
    for (const module of namesOf(node, model)) {
      const key = keyOf(module);
      if (!named.has(key)) named.set(key, { module, node });
    }
  }
  let byOrder: ReadonlyMap<string, Site> | undefined;
  return (module) => {
    const key = keyOf(module);
    const found = named.get(key);
    if (found || !unet) return found;
    byOrder ??= attentionSites(model, flow, unet);
    return byOrder.get(key);
  };
}

/** Older versions of transformers have a CLIP text encoder inside another module. */
const keyOf = (module: string) => module.replaceAll('.', '_').replace(/^text_model_/, '');

function isProjection({ opType, inputs }: Node): boolean {
  return ['MatMul', 'Gemm', 'Conv'].includes(opType) && inputs.length > 1;
}

function namesOf(node: Node, { file }: OnnxModel): string[] {
  const field = fieldOf(node.fields, NODE.name);
  const path = (field ? stringOf(field, file) : '').split('/').filter(Boolean).slice(0, -1);
  const weight = node.inputs[1]!;
  const candidates = [path.join('.'), weight.endsWith('.weight') ? weight.slice(0, -'.weight'.length) : ''];
  return candidates.filter(Boolean).map((name) => name.replace(/^(unet|text|text_encoder|model)\./, ''));
}

/** Projections of attentions by name, e.g. "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k". */
function attentionSites(
  model: OnnxModel,
  flow: Flow,
  { sizes = DEFAULT_SIZES, config }: SiteOptions,
): ReadonlyMap<string, Site> {
  const sites = new Map<string, Site>();
  const { inputs, shapes } = dissect(model, sizes);
  const sources = { sample: flow.from([inputs.sample.name]), text: flow.from([inputs.text.name]) };
  const middle = findMiddle(model, flow, shapes);
  const patterns = findAttentions(model, flow, sources);
  const counts: Record<Place, number> = { down: 0, mid: 0, up: 0 };
  for (const { cross, probabilities } of patterns) {
    if (cross && middle) counts[middle.placeOf(probabilities)]++;
  }
  const blocks = transformerBlocks(config, counts);
  if (!blocks || patterns.length !== 2 * blocks.length) return sites;

  const isData = (tensor: string) => sources.sample.has(tensor) || sources.text.has(tensor);
  const isWeighted = (node: Node) => isProjection(node) && !isData(node.inputs[1]!);
  /** Towards the inputs, as long as there is one way. */
  const projectionBehind = (tensor: string): Node | undefined => {
    for (let node = flow.producer(tensor); node; ) {
      if (isWeighted(node)) return node;
      const [next, ...others] = node.inputs.filter(isData);
      if (next === undefined || others.length > 0) return undefined;
      node = flow.producer(next);
    }
    return undefined;
  };
  const outputProjection = ({ output }: AttentionPattern) => projectionBehind(output);

  for (const [i, pattern] of patterns.entries()) {
    // In each transformer block the picture asks itself first, then the text.
    const prefix = `${blocks[Math.floor(i / 2)]}.attn${pattern.cross ? 2 : 1}`;
    if (pattern.cross !== (i % 2 === 1)) return new Map();
    const roles = {
      to_q: projectionBehind(pattern.query),
      to_k: projectionBehind(pattern.key),
      to_v: projectionBehind(pattern.value),
      'to_out.0': outputProjection(pattern),
    };
    if (roles.to_k === roles.to_v || roles.to_q === roles.to_k) throw packed(model);
    for (const [role, node] of Object.entries(roles)) {
      const module = `${prefix}.${role}`;
      if (node) sites.set(keyOf(module), { module, node });
    }
  }
  return sites;
}

function packed({ file }: OnnxModel): EvenhandError {
  return new EvenhandError(
    'model-unsupported',
    `The attentions of ${file.path} have one weight for keys and values together, so a delta of one of them cannot be added.`,
    'Export the model without fused projections; without the delta it works as before.',
  );
}
