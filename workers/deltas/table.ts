import { createFlow, type Flow } from '../onnx/flow';
import type { Node, OnnxModel } from '../onnx/model';
import { DATA_TYPE } from '../onnx/schema';
import { followShapes } from '../onnx/shapes';
import { bitsOfHalf } from '../runtime/half';
import type { Replacement } from './replace';
import type { Weight, WeightReader } from './weight';

/** The rows of one learned token, in the table that token ids are looked up in. */
export interface LearnedRows {
  readonly token: string;
  readonly vectors: number;
  readonly width: number;
  /** [vectors, width]. */
  readonly data: Float32Array;
  /** Ids whose mean row it starts from; empty for one that starts from nothing. */
  readonly initial: readonly number[];
}

export interface TokenTable {
  readonly node: Node;
  /** [tokens, width]. */
  readonly weight: Weight;
}

/** What may stand between the ids and their look-up. */
const PASSING = ['Reshape', 'Cast', 'Identity', 'Flatten', 'Squeeze', 'Unsqueeze'];

/** Finds where a text encoder looks its input ids up; the table of positions is looked up by something else. */
function lookUp({ graph }: OnnxModel, flow: Flow): Node | undefined {
  const inputs = new Set(graph.inputs.map(({ name }) => name));
  const isIds = (tensor: string): boolean => {
    if (inputs.has(tensor)) return true;
    const node = flow.producer(tensor);
    return node !== undefined && PASSING.includes(node.opType) && isIds(node.inputs[0]!);
  };
  return graph.nodes.find(({ opType, inputs: [, ids] }) => opType === 'Gather' && ids && isIds(ids));
}

/** Tokens that a text encoder knows; undefined where that cannot be told. */
export function tableRows(model: OnnxModel): number | undefined {
  const table = lookUp(model, createFlow(model))?.inputs[0];
  return table === undefined ? undefined : followShapes(model, new Map()).get(table)?.dims?.[0];
}

/** @throws what `refuse` makes of it where no table is found. */
export function tokenTable(
  model: OnnxModel,
  flow: Flow,
  read: WeightReader,
  refuse: (why: string) => Error,
): TokenTable {
  const node = lookUp(model, flow);
  if (!node) throw refuse('no table is found there in which tokens are looked up');
  return { node, weight: read(node.inputs[0]!) };
}

/** The table with learned rows behind its own: strength blends each from its initial row to what was learned. */
export function withRows(
  { node, weight }: TokenTable,
  learned: readonly LearnedRows[],
  strength: number,
  refuse: (why: string) => Error,
): Replacement {
  const [known = 0, width = 0] = weight.dims;
  const rows = learned.reduce((sum, { vectors }) => sum + vectors, 0);
  const data = new Float32Array((known + rows) * width);
  data.set(weight.data);
  let at = known * width;
  for (const { token, initial, ...own } of learned) {
    if (own.width !== width) {
      throw refuse(
        `its token ${token} has rows of ${own.width} numbers, and the text encoder's have ${width}`,
      );
    }
    for (let vector = 0; vector < own.vectors; vector++) {
      for (let i = 0; i < width; i++) {
        const start = initial.reduce((sum, id) => sum + weight.data[id * width + i]! / initial.length, 0);
        data[at++] = start + strength * (own.data[vector * width + i]! - start);
      }
    }
  }
  const { type } = weight;
  const kept = type === DATA_TYPE.float16 ? Uint16Array.from(data, bitsOfHalf) : data;
  const raw = new Uint8Array(kept.buffer);
  return { node, input: 0, weight: { dims: [known + rows, width], raw, type }, type };
}
