import { createEdit, type GraphEdit } from './edit';
import { createFlow, type Flow } from './flow';
import { type Node, type OnnxModel, readModel } from './model';
import { followShapes, type Known } from './shapes';

/**
 * Operators that ONNX Runtime's optimizer for diffusion models writes for CUDA. ONNX Runtime Web has no kernel for them, or none on
 * one of its backends, so they are replaced by standard operators that compute the same. Weights stay as they are in the file: where
 * they lie in another order, a Transpose stands before them, which ONNX Runtime folds when it opens the graph.
 * Meanings: microsoft/onnxruntime docs/ContribOperators.md.
 */

type Replace = (node: Node, edit: GraphEdit, model: OnnxModel, flow: Flow) => void;

const TO_NCHW = { perm: [0, 3, 1, 2] };
const TO_NHWC = { perm: [0, 2, 3, 1] };
const SILU = 1;
/** The operators' own default. */
const EPSILON = 1e-5;

const nhwcConv: Replace = (node, edit) => {
  const [x, weight, bias] = node.inputs as [string, string, string?];
  const inputs = [
    edit.insert(node.index, 'Transpose', [x], TO_NCHW),
    edit.insert(node.index, 'Transpose', [weight], TO_NCHW),
    ...(bias ? [bias] : []),
  ];
  const attributes = Object.fromEntries(
    [...node.attributes].flatMap(([name, { int, ints }]) => {
      const value = int ?? ints;
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const conv = edit.insert(node.index, 'Conv', inputs, attributes);
  edit.insert(node.index, 'Transpose', [conv], TO_NHWC, node.outputs[0]!);
};

/** x [N, H, W, C] to y of the same shape. */
function normalize(node: Node, x: string, edit: GraphEdit, channels: number): void {
  const { index, attributes, inputs } = node;
  const [, gamma, beta] = inputs as [string, string, string];
  const groups = attributes.get('groups')?.int ?? 1;
  const last = (attributes.get('channels_last')?.int ?? 1) === 1;
  const typed = (tensor: string) => edit.insertCastLike(index, tensor, inputs[0]!);
  const perChannel = (tensor: string) =>
    edit.insert(index, 'Reshape', [typed(tensor), edit.integers([channels, 1, 1])]);
  const whole = last ? edit.insert(index, 'Transpose', [x], TO_NCHW) : x;
  const shape = edit.insert(index, 'Shape', [whole]);
  const grouped = edit.insert(index, 'Reshape', [whole, edit.integers([0, groups, -1])]);
  const ones = new Array<number>(groups).fill(1);
  const [one, none] = [typed(edit.floats(ones)), typed(edit.floats(ones.map(() => 0)))];
  const epsilon = { float: attributes.get('epsilon')?.float ?? EPSILON };
  const even = edit.insert(index, 'InstanceNormalization', [grouped, one, none], { epsilon });
  const back = edit.insert(index, 'Reshape', [even, shape]);
  const scaled = edit.insert(index, 'Mul', [back, perChannel(gamma)]);
  const shifted = edit.insert(index, 'Add', [scaled, perChannel(beta)]);
  const active =
    attributes.get('activation')?.int === SILU
      ? edit.insert(index, 'Mul', [shifted, edit.insert(index, 'Sigmoid', [shifted])])
      : shifted;
  edit.insert(index, last ? 'Transpose' : 'Identity', [active], last ? TO_NHWC : {}, node.outputs[0]!);
}

const channelsOf = ({ inputs }: Node, { graph }: OnnxModel) => graph.initializers.get(inputs[1]!)?.dims[0];

const groupNorm: Replace = (node, edit, model) =>
  normalize(node, node.inputs[0]!, edit, channelsOf(node, model)!);

/** The second stream is [N, H, W, C], or [N, 1, 1, C] or [N, C] where it is an embedding: with one axis of pixels all are added alike. */
const skipGroupNorm: Replace = (node, edit, model) => {
  const { index, inputs, outputs } = node;
  const [x, , , skip, bias] = inputs as [string, string, string, string, string?];
  const channels = channelsOf(node, model)!;
  const flat = (tensor: string) => edit.insert(index, 'Reshape', [tensor, edit.integers([0, -1, channels])]);
  const shape = edit.insert(index, 'Shape', [x]);
  const sum = edit.insert(index, 'Add', [flat(x), flat(skip)]);
  const whole = bias ? edit.insert(index, 'Add', [sum, edit.insertCastLike(index, bias, x)]) : sum;
  const joined = edit.insert(index, 'Reshape', [whole, shape], {}, outputs[1] || undefined);
  normalize(node, joined, edit, channels);
};

/** (X + bias) in halves a and b: a * b * Phi(b). */
const biasSplitGelu: Replace = (node, edit, { graph }) => {
  const { index, inputs, outputs } = node;
  const [x, bias] = inputs as [string, string];
  const width = graph.initializers.get(bias)!.dims[0]!;
  const constant = (value: number) => edit.insertCastLike(index, edit.floats([value]), x);
  const sum = edit.insert(index, 'Add', [x, edit.insertCastLike(index, bias, x)]);
  const part = (from: number, to: number) =>
    edit.insert(index, 'Slice', [sum, edit.integers([from]), edit.integers([to]), edit.integers([-1])]);
  const [a, b] = [part(0, width / 2), part(width / 2, width)];
  const erf = edit.insert(index, 'Erf', [edit.insert(index, 'Mul', [b, constant(Math.SQRT1_2)])]);
  const phi = edit.insert(index, 'Mul', [edit.insert(index, 'Add', [erf, constant(1)]), constant(0.5)]);
  const gelu = edit.insert(index, 'Mul', [b, phi]);
  edit.insert(index, 'Mul', [a, gelu], {}, outputs[0]!);
};

/** Inputs: X, bias, the residual stream. */
const biasAdd: Replace = ({ index, inputs, outputs }, edit) => {
  const [x, bias, skip] = inputs as [string, string, string];
  const sum = edit.insert(index, 'Add', [x, edit.insertCastLike(index, bias, x)]);
  edit.insert(index, 'Add', [sum, skip], {}, outputs[0]!);
};

/**
 * There are kernels for it, but the bias of an attention's projection is inside, which methods count to the attention. It is added
 * before, to that of the two streams which a projection makes.
 */
const skipLayerNormalization: Replace = (node, edit, _, flow) => {
  const { index, inputs } = node;
  const bias = inputs[4]!;
  const projected =
    inputs.slice(0, 2).find((input) => flow.producer(input)?.opType === 'MatMul') ?? inputs[0]!;
  const sum = edit.insert(index - 1, 'Add', [projected, edit.insertCastLike(index - 1, bias, projected)]);
  edit.rewire(
    node,
    new Map([
      [projected, sum],
      [bias, ''],
    ]),
  );
};

const REPLACE: Readonly<Record<string, Replace>> = {
  NhwcConv: nhwcConv,
  GroupNorm: groupNorm,
  SkipGroupNorm: skipGroupNorm,
  BiasSplitGelu: biasSplitGelu,
  BiasAdd: biasAdd,
};

/** Whether the initializer is there whose shape the replacement is made by. */
function isReplaceable(node: Node, { graph }: OnnxModel): boolean {
  return node.opType === 'NhwcConv' || (graph.initializers.get(node.inputs[1]!)?.dims.length ?? 0) === 1;
}

/** @returns the model without operators that ONNX Runtime Web cannot run; itself, where it has none. */
export function withStandardOperators(model: OnnxModel): OnnxModel {
  const flow = createFlow(model);
  const types = model.graph.inputs.map(({ name, type }): [string, Known] => [name, { type }]);
  const edit = createEdit(model, flow, followShapes(model, new Map(types)));
  let count = 0;
  for (const node of model.graph.nodes) {
    if (node.domain !== 'com.microsoft') continue;
    const replace = REPLACE[node.opType];
    if (replace && isReplaceable(node, model)) {
      replace(node, edit, model, flow);
      edit.remove(node);
      count++;
    } else if (node.opType === 'SkipLayerNormalization' && node.inputs[4]) {
      skipLayerNormalization(node, edit, model, flow);
      count++;
    }
  }
  return count > 0 ? readModel(edit.write(), model.file.path) : model;
}
