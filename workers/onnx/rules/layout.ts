import { DATA_TYPE } from '../schema';
import type { Rule } from '../shapes';
import { at, axisOf, broadcast, list, sizeOf, VALUES_AT_MOST } from './common';

/** Operators that move, cut and join axes. */

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

const expand: Rule = ({ input }) => {
  const { dims, type, values } = input(0);
  const grown = broadcast([dims, input(1).values]);
  const few = grown !== undefined && values?.length === 1 && sizeOf(grown) <= VALUES_AT_MOST;
  return [
    { type, dims: grown, values: few ? Array.from({ length: sizeOf(grown) }, () => values[0]!) : undefined },
  ];
};

export const LAYOUT: Readonly<Record<string, Rule>> = {
  Shape: shape,
  Transpose: transpose,
  Reshape: reshape,
  Concat: concat,
  Gather: gather,
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Expand: expand,
};
