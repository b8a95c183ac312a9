import type { Node, OnnxModel } from './model';

/** Which tensors a graph computes from which. Reading only a tensor's shape does not count. */
export interface Flow {
  producer(tensor: string): Node | undefined;
  /** In order of execution. */
  consumers(tensor: string): readonly Node[];
  /** Those tensors and everything computed from their values. */
  from(tensors: readonly string[]): ReadonlySet<string>;
  /** Those tensors and everything whose values they are computed from. */
  behind(tensors: readonly string[]): ReadonlySet<string>;
}

const SHAPE_ONLY: readonly string[] = ['Shape', 'Size'];

export function createFlow({ graph: { nodes } }: OnnxModel): Flow {
  const producers = new Map<string, Node>();
  const consumers = new Map<string, Node[]>();
  const passing = nodes.filter(({ opType }) => !SHAPE_ONLY.includes(opType));
  for (const node of nodes) {
    for (const output of node.outputs) producers.set(output, node);
    for (const input of new Set(node.inputs)) {
      const known = consumers.get(input);
      if (known) known.push(node);
      else consumers.set(input, [node]);
    }
  }
  return {
    producer: (tensor) => producers.get(tensor),
    consumers: (tensor) => consumers.get(tensor) ?? [],
    from(tensors) {
      const reached = new Set(tensors);
      for (const { inputs, outputs } of passing) {
        if (inputs.some((input) => reached.has(input))) for (const output of outputs) reached.add(output);
      }
      reached.delete('');
      return reached;
    },
    behind(tensors) {
      const reached = new Set(tensors);
      for (const { inputs, outputs } of passing.toReversed()) {
        if (outputs.some((output) => reached.has(output))) for (const input of inputs) reached.add(input);
      }
      reached.delete('');
      return reached;
    },
  };
}

/** Whether a node reads no more of its inputs than their shapes. */
export function readsShapeOnly({ opType }: Node): boolean {
  return SHAPE_ONLY.includes(opType);
}
