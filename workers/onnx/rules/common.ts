import { DATA_TYPE } from '../schema';
import type { Known, Rule } from '../shapes';

export type Dims = readonly number[];

/** Beyond this no numbers are followed. */
export const VALUES_AT_MOST = 64;

export function broadcast(shapes: readonly (Dims | undefined)[]): Dims | undefined {
  const known = shapes.filter((dims) => dims !== undefined);
  if (known.length < shapes.length) return undefined;
  const rank = Math.max(0, ...known.map(({ length }) => length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = known.map((dims) => dims[dims.length - rank + axis] ?? 1);
    return sizes.find((size) => size !== 1) ?? 1;
  });
}

export const at = (values: Dims, index: number) => values[index < 0 ? values.length + index : index];
export const axisOf = (axis: number, rank: number) => (axis < 0 ? axis + rank : axis);
export const sizeOf = (dims: Dims) => dims.reduce((product, dim) => product * dim, 1);
export const list = (values: Dims): Known => ({ type: DATA_TYPE.int64, dims: [values.length], values });

/** Same shape as the first input. */
export const same: Rule = ({ input }) => [{ type: input(0).type, dims: input(0).dims }];
