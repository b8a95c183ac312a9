import { DATA_TYPE } from './schema';
import type { Known, Rule, RuleContext } from './shapes';

/** How each operator of a UNet export makes the shape, the type and the few numbers of its outputs. */

type Dims = readonly number[];

/** Beyond this no numbers are followed. */
const VALUES_AT_MOST = 64;

function broadcast(shapes: readonly (Dims | undefined)[]): Dims | undefined {
  const known = shapes.filter((dims) => dims !== undefined);
  if (known.length < shapes.length) return undefined;
  const rank = Math.max(0, ...known.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = known.map((dims) => dims[dims.length - rank + axis] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

const at = (values: Dims, index: number) => values[index < 0 ? values.length + index : index];
const axisOf = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);
const sizeOf = (dims: Dims) => dims.reduce((product, dim) => product * dim, 1);
const list = (values: Dims): Known => ({ type: DATA_TYPE.int64, dims: [values.length], values });

/** Same shape as the first input. */
const same: Rule = ({ input }) => [{ type: input(0).type, dims: input(0).dims }];

/** Same shape, and numbers mapped one by one. */
const each =
  (map: (value: number) => number): Rule =>
  ({ input }) => [{ ...input(0), values: input(0).values?.map(map) }];

/** Shapes broadcast; numbers are computed where every input has them. */
function elementwise(
  compute: (context: RuleContext, values: readonly number[]) => number,
  type?: number,
  typeInput = 0,
): Rule {
  return (context) => {
    const inputs = context.node.inputs.map((_, index) => context.input(index));
    const dims = broadcast(inputs.map((input) => input.dims));
    const size = dims && sizeOf(dims);
    // Lists broadcast against single numbers; nothing else occurs where shapes are computed.
    const lists = inputs.map(({ values }) => values);
    const values =
      size !== undefined &&
      size <= VALUES_AT_MOST &&
      lists.every((values) => values && (values.length === size || values.length === 1))
        ? Array.from({ length: size }, (_, index) =>
            compute(
              context,
              lists.map((values) => values![values!.length === 1 ? 0 : index]!),
            ),
          )
        : undefined;
    return [{ type: type ?? inputs[typeInput]?.type, dims, values }];
  };
}

const compare = (holds: (a: number, b: number) => boolean) =>
  elementwise((_, [a, b]) => (holds(a!, b!) ? 1 : 0), DATA_TYPE.bool);

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

const transpose: Rule = ({ input, ints }) => {
  const { dims, type } = input(0);
  const order = ints('perm') ?? dims?.map((_, axis) => dims.length - 1 - axis);
  return [{ type, dims: dims && order?.map((axis) => dims[axis]!) }];
};

const reshape: Rule = ({ input, int }) => {
  const { dims, type, values } = input(0);
  const wanted = input(1).values;
  if (!dims || !wanted) return [{ type }];
  const copied = wanted.map((dim, axis) => (dim === 0 && int('allowzero', 0) === 0 ? dims[axis]! : dim));
  const rest = sizeOf(copied.filter((dim) => dim !== -1));
  return [{ type, dims: copied.map((dim) => (dim === -1 ? sizeOf(dims) / rest : dim)), values }];
};

const concat: Rule = ({ node, input, int }) => {
  const parts = node.inputs.map((_, index) => input(index));
  const { dims: first, type } = parts[0] ?? {};
  if (!first || parts.some(({ dims }) => !dims)) return [{ type }];
  const axis = axisOf(int('axis', 0), first.length);
  const total = parts.reduce((sum, { dims }) => sum + dims![axis]!, 0);
  const known = first.length === 1 && total <= VALUES_AT_MOST && parts.every(({ values }) => values);
  return [
    {
      type,
      dims: first.map((dim, index) => (index === axis ? total : dim)),
      values: known ? parts.flatMap(({ values }) => values!) : undefined,
    },
  ];
};

const gather: Rule = ({ input, int }) => {
  const { dims, type, values } = input(0);
  const indices = input(1);
  if (!dims || !indices.dims) return [{ type }];
  const axis = axisOf(int('axis', 0), dims.length);
  const picked = dims.length === 1 && values ? indices.values?.map((index) => at(values, index)!) : undefined;
  return [{ type, dims: [...dims.slice(0, axis), ...indices.dims, ...dims.slice(axis + 1)], values: picked }];
};

const slice: Rule = ({ node, input }) => {
  const { dims, type, values } = input(0);
  const [starts, ends] = [input(1).values, input(2).values];
  if (!dims || !starts || !ends) return [{ type }];
  const axes = node.inputs[3] ? input(3).values : starts.map((_, index) => index);
  const steps = node.inputs[4] ? input(4).values : starts.map(() => 1);
  if (!axes || !steps) return [{ type }];
  const sliced = [...dims];
  let kept = values;
  axes.forEach((stated, index) => {
    const axis = axisOf(stated, dims.length);
    const size = dims[axis] ?? 0;
    const step = steps[index]!;
    const place = (value: number) => {
      const clamped = value < 0 ? value + size : value;
      return step > 0 ? Math.min(Math.max(clamped, 0), size) : Math.min(Math.max(clamped, -1), size - 1);
    };
    const [start, end] = [place(starts[index]!), place(ends[index]!)];
    sliced[axis] = Math.max(0, Math.ceil((end - start) / step));
    kept =
      dims.length === 1 && kept
        ? Array.from({ length: Math.min(sliced[axis], VALUES_AT_MOST) }, (_, i) => values![start + i * step]!)
        : undefined;
  });
  return [{ type, dims: sliced, values: kept }];
};

const split: Rule = ({ node, input, int, ints }) => {
  const { dims, type } = input(0);
  if (!dims) return undefined;
  const axis = axisOf(int('axis', 0), dims.length);
  const part = Math.ceil((dims[axis] ?? 0) / node.outputs.length);
  const sizes =
    ints('split') ?? input(1).values ?? (node.inputs[1] ? undefined : node.outputs.map(() => part));
  return sizes?.map((size) => ({ type, dims: dims.map((dim, index) => (index === axis ? size : dim)) }));
};

const squeeze: Rule = ({ node, input, ints }) => {
  const { dims, type, values } = input(0);
  const listed = ints('axes') ?? input(1).values;
  if (!dims || (!listed && node.inputs[1])) return [{ type }];
  const axes = listed?.map((axis) => axisOf(axis, dims.length));
  return [{ type, dims: dims.filter((dim, axis) => (axes ? !axes.includes(axis) : dim !== 1)), values }];
};

const unsqueeze: Rule = ({ input, ints }) => {
  const { dims, type, values } = input(0);
  const listed = ints('axes') ?? input(1).values;
  if (!dims || !listed) return [{ type }];
  const rank = dims.length + listed.length;
  const axes = listed.map((axis) => axisOf(axis, rank));
  const rest = [...dims];
  return [
    {
      type,
      dims: Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!)),
      values,
    },
  ];
};

const shape: Rule = ({ input, int }) => {
  const { dims } = input(0);
  return [dims ? list(dims.slice(int('start', 0), int('end', dims.length))) : { type: DATA_TYPE.int64 }];
};

const constant: Rule = ({ node }) => {
  const { tensor } = node.attributes.get('value') ?? {};
  if (tensor) return [{ type: tensor.type, dims: tensor.dims, values: tensor.values }];
  const int = node.attributes.get('value_int')?.int;
  if (int !== undefined) return [{ type: DATA_TYPE.int64, dims: [], values: [int] }];
  const ints = node.attributes.get('value_ints')?.ints;
  return ints && [list(ints)];
};

const constantOfShape: Rule = ({ node, input }) => {
  const dims = input(0).values;
  const { tensor } = node.attributes.get('value') ?? {};
  const value = tensor ? tensor.values?.[0] : 0;
  const few = dims !== undefined && sizeOf(dims) <= VALUES_AT_MOST && value !== undefined;
  return [
    {
      type: tensor?.type ?? DATA_TYPE.float,
      dims,
      values: few ? Array.from({ length: sizeOf(dims) }, () => value) : undefined,
    },
  ];
};

const expand: Rule = ({ input }) => {
  const { dims, type, values } = input(0);
  const grown = broadcast([dims, input(1).values]);
  const few = grown !== undefined && values?.length === 1 && sizeOf(grown) <= VALUES_AT_MOST;
  return [
    { type, dims: grown, values: few ? Array.from({ length: sizeOf(grown) }, () => values[0]!) : undefined },
  ];
};

const range: Rule = ({ input }) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => input(index).values?.[0]);
  if (start === undefined || limit === undefined || !delta) return [{ type: input(0).type }];
  const length = Math.max(0, Math.ceil((limit - start) / delta));
  const few = length <= VALUES_AT_MOST;
  return [
    {
      type: input(0).type,
      dims: [length],
      values: few ? Array.from({ length }, (_, index) => start + index * delta) : undefined,
    },
  ];
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

const isWhole = (type: number | undefined) => type === DATA_TYPE.int64 || type === DATA_TYPE.int32;

export const RULES: Readonly<Record<string, Rule>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shape,
  Size: ({ input }) => {
    const { dims } = input(0);
    return [{ type: DATA_TYPE.int64, dims: [], values: dims && [sizeOf(dims)] }];
  },
  Identity: each((value) => value),
  Cast: ({ input, int }) => {
    const type = int('to', DATA_TYPE.float);
    const { dims, values } = input(0);
    return [{ type, dims, values: isWhole(type) ? values?.map(Math.trunc) : values }];
  },
  Floor: each(Math.floor),
  Ceil: each(Math.ceil),
  Sqrt: each(Math.sqrt),
  Neg: each((value) => -value),
  Not: each((value) => 1 - value),
  Add: elementwise((_, [a, b]) => a! + b!),
  Sub: elementwise((_, [a, b]) => a! - b!),
  Mul: elementwise((_, [a, b]) => a! * b!),
  Div: elementwise(({ input }, [a, b]) => (isWhole(input(0).type) ? Math.trunc(a! / b!) : a! / b!)),
  Mod: elementwise((_, [a, b]) => ((a! % b!) + b!) % b!),
  Pow: elementwise((_, [a, b]) => a! ** b!),
  Min: elementwise((_, values) => Math.min(...values)),
  Max: elementwise((_, values) => Math.max(...values)),
  Where: elementwise((_, [condition, a, b]) => (condition ? a! : b!), undefined, 1),
  Equal: compare((a, b) => a === b),
  Less: compare((a, b) => a < b),
  Greater: compare((a, b) => a > b),
  And: compare((a, b) => a !== 0 && b !== 0),
  Or: compare((a, b) => a !== 0 || b !== 0),
  DequantizeLinear: ({ input }) => [{ type: input(1).type, dims: input(0).dims }],
  Conv: conv,
  AveragePool: pool,
  MaxPool: pool,
  MatMul: matMul,
  Gemm: gemm,
  Transpose: transpose,
  Reshape: reshape,
  Concat: concat,
  Gather: gather,
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
  Range: range,
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
