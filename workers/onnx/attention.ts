import { type Flow, readsShapeOnly } from './flow';
import type { Node, OnnxModel } from './model';
import type { Known } from './shapes';

/** One attention: probabilities = softmax(query key^T * scale), then probabilities * value. */
export interface AttentionPattern {
  readonly cross: boolean;
  /** Operands of the two products, in whatever layout the export has. */
  readonly query: string;
  readonly key: string;
  readonly value: string;
  /** The Softmax's output: [B, heads, N, T] or [B * heads, N, T]. */
  readonly probabilities: string;
  /** The product with the values. */
  readonly product: Node;
  /** What the attention adds to its residual stream, behind the output projection: [B, N, C]. */
  readonly output: string;
}

/** What a tensor's values come from. */
export interface Sources {
  readonly sample: ReadonlySet<string>;
  readonly text: ReadonlySet<string>;
}

/** Operators that may stand between the parts of an attention without changing which attention it is. */
const BETWEEN: readonly string[] = [
  'Add',
  'Cast',
  'Div',
  'Dropout',
  'Expand',
  'Identity',
  'Mul',
  'Reshape',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
  'Where',
];

/** Operators that multiply by a matrix of weights, which MatMulNBits keeps in 4 bits. */
const PROJECTIONS: readonly string[] = ['MatMul', 'Gemm', 'MatMulNBits'];

/** Every attention written as MatMul, Softmax, MatMul, in order of execution. Names play no part. */
export function findAttentions(model: OnnxModel, flow: Flow, sources: Sources): AttentionPattern[] {
  const isData = (tensor: string) => sources.sample.has(tensor) || sources.text.has(tensor);
  const dataInputs = (node: Node) => node.inputs.filter(isData);
  const isProduct = (node: Node) => node.opType === 'MatMul' && dataInputs(node).length === 2;

  /** The product of query and key that a softmax is taken of. */
  function scores(softmax: Node): Node | undefined {
    let node = flow.producer(softmax.inputs[0] ?? '');
    while (node && !isProduct(node)) {
      const inputs = dataInputs(node);
      if (!BETWEEN.includes(node.opType) || inputs.length !== 1) return undefined;
      node = flow.producer(inputs[0]!);
    }
    return node;
  }

  /** The product of probabilities and values. */
  function productOf(softmax: Node): Node | undefined {
    let tensor = softmax.outputs[0]!;
    for (;;) {
      const [next, ...others] = flow.consumers(tensor).filter((node) => !readsShapeOnly(node));
      if (!next || others.length > 0) return undefined;
      if (isProduct(next)) return next.inputs[0] === tensor ? next : undefined;
      if (!BETWEEN.includes(next.opType) || dataInputs(next).length !== 1) return undefined;
      tensor = next.outputs[0]!;
    }
  }

  /** Through the output projection and its bias, up to where another stream of data joins. */
  function outputOf(product: Node): string {
    let tensor = product.outputs[0]!;
    for (;;) {
      const [next, ...others] = flow.consumers(tensor).filter((node) => !readsShapeOnly(node));
      if (!next || others.length > 0 || dataInputs(next).length !== 1) return tensor;
      if (!BETWEEN.includes(next.opType) && !PROJECTIONS.includes(next.opType)) return tensor;
      tensor = next.outputs[0]!;
    }
  }

  return model.graph.nodes
    .filter(({ opType }) => opType === 'Softmax')
    .flatMap((softmax) => {
      const [score, product] = [scores(softmax), productOf(softmax)];
      if (!score || !product) return [];
      const [query, key] = score.inputs as [string, string];
      const value = product.inputs[1]!;
      const ofText = (tensor: string) => sources.text.has(tensor) && !sources.sample.has(tensor);
      return {
        cross: ofText(key) && ofText(value),
        query,
        key,
        value,
        probabilities: softmax.outputs[0]!,
        product,
        output: outputOf(product),
      };
    });
}

/** Attention inside one operator, which shows no probabilities. Newer opsets have one of ONNX itself. */
const FUSED: readonly string[] = [
  'MultiHeadAttention',
  'Attention',
  'PackedMultiHeadAttention',
  'PackedAttention',
  'GroupQueryAttention',
];

/** Fused attention operators, and how many of them read the text. */
export function findFused(
  { graph }: OnnxModel,
  sources: Sources,
): { operator: string; cross: number; self: number } | undefined {
  const fused = graph.nodes.filter(({ opType }) => FUSED.includes(opType));
  const first = fused[0];
  if (!first) return undefined;
  const cross = fused.filter(({ inputs }) =>
    inputs.some((input) => sources.text.has(input) && !sources.sample.has(input)),
  );
  return {
    operator: first.domain ? `${first.domain}.${first.opType}` : first.opType,
    cross: cross.length,
    self: fused.length - cross.length,
  };
}

export interface HeadShape {
  readonly heads: number;
  /** Channels of one head. */
  readonly headWidth: number;
  /** Rows that ask: the pixels of the feature map. */
  readonly queries: number;
  /** Rows that answer: text rows in a cross-attention. */
  readonly keys: number;
}

/** @param batch samples that the shapes were followed for. @returns undefined where the shapes are not known. */
export function headShape(
  { probabilities, value }: AttentionPattern,
  shapes: ReadonlyMap<string, Known>,
  batch: number,
): HeadShape | undefined {
  const dims = shapes.get(probabilities)?.dims;
  const headWidth = shapes.get(value)?.dims?.at(-1);
  if (!dims || headWidth === undefined || (dims.length !== 3 && dims.length !== 4)) return undefined;
  const heads = dims.length === 4 ? dims[1]! : dims[0]! / batch;
  const [queries, keys] = dims.slice(-2) as [number, number];
  return Number.isInteger(heads) && heads > 0 ? { heads, headWidth, queries, keys } : undefined;
}

/**
 * The initializers that a projection multiplies its data with, behind dequantizing, transposing and casting.
 * @param tensor a key or value operand.
 */
export function projectionWeights(
  tensor: string,
  model: OnnxModel,
  flow: Flow,
  sources: Sources,
): readonly string[] {
  let node = flow.producer(tensor);
  while (node) {
    const data: string[] = node.inputs.filter(
      (input) => sources.sample.has(input) || sources.text.has(input),
    );
    if (PROJECTIONS.includes(node.opType) || node.opType === 'Conv') {
      const weight = node.inputs.slice(0, 2).find((input) => !data.includes(input));
      const behind = weight === undefined ? new Set<string>() : flow.behind([weight]);
      return [...behind].filter((name) => (model.graph.initializers.get(name)?.dims.length ?? 0) > 1);
    }
    if (data.length !== 1) return [];
    node = flow.producer(data[0]!);
  }
  return [];
}
