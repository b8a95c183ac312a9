import type { Rule, RuleContext } from '../shapes';
import { at, axisOf, broadcast, type Dims, same } from './common';

/** Operators that the picture goes through. */

/** Reduces the axes of an attribute or, in newer opsets, of an input; all of them where there are none. */
const reduce: Rule = (context) => {
  const { dims, type } = context.input(0);
  if (!dims) return [{ type }];
  const listed = context.ints('axes') ?? context.input(1).values;
  if (!listed && context.node.inputs[1]) return [{ type }];
  const axes = listed?.map((axis) => axisOf(axis, dims.length)) ?? dims.map((_, axis) => axis);
  const keep = context.int('keepdims', 1) === 1;
  const kept = dims.flatMap((dim, axis) => (axes.includes(axis) ? (keep ? [1] : []) : [dim]));
  return [{ type, dims: kept }];
};

function windowed(context: RuleContext, spatial: Dims, kernel: Dims): Dims {
  const pads = context.ints('pads') ?? [];
  const automatic = context.node.attributes.has('auto_pad') && pads.length === 0 && kernel.some((k) => k > 1);
  return spatial.map((size, axis) => {
    const stride = context.ints('strides')?.[axis] ?? 1;
    const dilation = context.ints('dilations')?.[axis] ?? 1;
    const padding = automatic
      ? dilation * (kernel[axis]! - 1)
      : (pads[axis] ?? 0) + (pads[axis + spatial.length] ?? 0);
    return Math.floor((size + padding - dilation * (kernel[axis]! - 1) - 1) / stride) + 1;
  });
}

const conv: Rule = (context) => {
  const { dims, type } = context.input(0);
  const weight = context.input(1).dims;
  if (!dims || !weight) return [{ type }];
  return [{ type, dims: [dims[0]!, weight[0]!, ...windowed(context, dims.slice(2), weight.slice(2))] }];
};

const pool: Rule = (context) => {
  const { dims, type } = context.input(0);
  const kernel = context.ints('kernel_shape');
  if (!dims || !kernel) return [{ type }];
  return [{ type, dims: [...dims.slice(0, 2), ...windowed(context, dims.slice(2), kernel)] }];
};

const matMul: Rule = ({ input }) => {
  const { dims: a, type } = input(0);
  const { dims: b } = input(1);
  if (!a || !b || a.length < 2 || b.length < 2) return [{ type }];
  const batch = broadcast([a.slice(0, -2), b.slice(0, -2)])!;
  return [{ type, dims: [...batch, at(a, -2)!, at(b, -1)!] }];
};

const gemm: Rule = ({ input, int }) => {
  const { dims: a, type } = input(0);
  const { dims: b } = input(1);
  if (a?.length !== 2 || b?.length !== 2) return [{ type }];
  return [{ type, dims: [a[int('transA', 0)]!, b[1 - int('transB', 0)]!] }];
};

/** A matrix of 4-bit weights in blocks; its width is the attribute N. */
const matMulNBits: Rule = ({ input, int }) => {
  const { dims, type } = input(0);
  return [{ type, dims: dims && [...dims.slice(0, -1), int('N', 0)] }];
};

/** For operators that are replaced before shapes are asked for (contrib.ts). */
const ofType: Rule = ({ node, input }) => node.outputs.map(() => ({ type: input(0).type }));

/** ONNX Runtime's fused attention: X and the packed projections [C, 3 C]. */
const fusedAttention: Rule = ({ input }) => {
  const { dims, type } = input(0);
  const width = input(1).dims?.[1];
  return [{ type, dims: dims && width !== undefined ? [...dims.slice(0, -1), width / 3] : undefined }];
};

/** Queries [B, N, C] and values [B, T, C], or packed: all [B, N, heads, 3, D], or keys and values [B, T, heads, 2, D]. */
const multiHeadAttention: Rule = ({ input }) => {
  const { dims, type } = input(0);
  const [key, value] = [input(1).dims, input(2).dims];
  if (dims?.length === 5) return [{ type, dims: [dims[0]!, dims[1]!, dims[2]! * dims[4]!] }];
  const width =
    key?.length === 5 ? key[2]! * key[4]! : value?.length === 4 ? value[1]! * value[3]! : value?.at(-1);
  return [{ type, dims: dims && width !== undefined ? [dims[0]!, dims[1]!, width] : undefined }];
};

/** Outputs: the normalized sum, two statistics, the sum. */
const skipLayerNormalization: Rule = ({ input }) => {
  const { dims, type } = input(0);
  return [{ type, dims }, {}, {}, { type, dims }];
};

/** Inputs: X, roi, scales, sizes. */
const resize: Rule = ({ input }) => {
  const { dims, type } = input(0);
  const [scales, sizes] = [input(2).values, input(3).values];
  if (sizes && sizes.length === dims?.length) return [{ type, dims: sizes }];
  return [
    {
      type,
      dims:
        scales?.length === dims?.length
          ? dims?.map((dim, axis) => Math.floor(dim * scales![axis]!))
          : undefined,
    },
  ];
};

const pad: Rule = ({ input }) => {
  const { dims, type } = input(0);
  const pads = input(1).values;
  if (!dims || pads?.length !== 2 * dims.length) return [{ type }];
  return [{ type, dims: dims.map((dim, axis) => dim + pads[axis]! + pads[axis + dims.length]!) }];
};

export const LAYERS: Readonly<Record<string, Rule>> = {
  NhwcConv: ofType,
  GroupNorm: ofType,
  SkipGroupNorm: ofType,
  BiasSplitGelu: ofType,
  BiasAdd: ofType,
  Attention: fusedAttention,
  MultiHeadAttention: multiHeadAttention,
  SkipLayerNormalization: skipLayerNormalization,
  DequantizeLinear: ({ input }) => [{ type: input(1).type, dims: input(0).dims }],
  Conv: conv,
  AveragePool: pool,
  MaxPool: pool,
  MatMul: matMul,
  MatMulNBits: matMulNBits,
  Gemm: gemm,
  Resize: resize,
  Pad: pad,
  ...Object.fromEntries(
    ['Mean', 'Sum', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSumExp'].map((name) => [
      `Reduce${name}`,
      reduce,
    ]),
  ),
  ...Object.fromEntries(
    [
      'Abs',
      'Clip',
      'Cos',
      'Dropout',
      'Erf',
      'Exp',
      'FastGelu',
      'Gelu',
      'GroupNormalization',
      'InstanceNormalization',
      'LayerNormalization',
      'LeakyRelu',
      'Log',
      'QuickGelu',
      'Reciprocal',
      'Relu',
      'Round',
      'Sigmoid',
      'Silu',
      'Sin',
      'Softmax',
      'Tanh',
    ].map((name) => [name, same]),
  ),
};
