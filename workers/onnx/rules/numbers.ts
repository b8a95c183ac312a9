import { DATA_TYPE } from '../schema';
import type { Rule, RuleContext } from '../shapes';
import { broadcast, list, sizeOf, VALUES_AT_MOST } from './common';

/** Operators that shapes are computed with while a graph runs, besides those that move axes. */

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

const isWhole = (type: number | undefined) => type === DATA_TYPE.int64 || type === DATA_TYPE.int32;

export const NUMBERS: Readonly<Record<string, Rule>> = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Range: range,
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
};
