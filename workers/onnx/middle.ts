import type { Flow } from './flow';
import type { OnnxModel } from './model';
import type { Known } from './shapes';

export type Place = 'down' | 'mid' | 'up';

export interface Middle {
  /** The output of the mid-block, also called h-space: [B, C, h, w]. */
  readonly tensor: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** On which side of the middle a tensor is computed. */
  placeOf(tensor: string): Place;
}

/**
 * Finds where the way down ends and the way up begins. The up path joins each stage with a feature kept from the way
 * down; the first such join takes the mid-block's output, which was itself computed from the feature it is joined with.
 * @returns undefined when the graph has no skip connections.
 */
export function findMiddle(
  { graph }: OnnxModel,
  flow: Flow,
  shapes: ReadonlyMap<string, Known>,
): Middle | undefined {
  const joins = graph.nodes.filter(({ opType, inputs, attributes }) => {
    const dims = shapes.get(inputs[0] ?? '')?.dims;
    const axis = attributes.get('axis')?.int;
    return opType === 'Concat' && inputs.length === 2 && dims?.length === 4 && (axis === 1 || axis === -3);
  });
  /** The same tensor in the order of axes that it was computed in: graphs with channels last keep a copy in the other for the join. */
  function origin(tensor: string): string {
    const producer = flow.producer(tensor);
    return producer?.opType === 'Transpose' ? origin(producer.inputs[0]!) : tensor;
  }
  for (const { inputs } of joins) {
    const [a, b] = inputs as [string, string];
    const tensor = flow.from([origin(b)]).has(a) ? a : flow.from([origin(a)]).has(b) ? b : undefined;
    const dims = tensor && shapes.get(tensor)?.dims;
    if (!tensor || !dims) continue;
    const after = flow.from([tensor]);
    const kept = joins.flatMap((join) => join.inputs.filter((input) => !after.has(input)));
    const before = flow.behind(kept);
    const [, channels, height, width] = dims as [number, number, number, number];
    return {
      tensor,
      channels,
      height,
      width,
      placeOf: (name) => (after.has(name) ? 'up' : before.has(name) ? 'down' : 'mid'),
    };
  }
  return undefined;
}
