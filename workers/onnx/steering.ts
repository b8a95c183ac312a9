import type { Dissection } from './anatomy';
import type { GraphEdit } from './edit';
import { DATA_TYPE } from './schema';

/** The channels of every cross-attention stand one after the other in an axis of `channels` elements. */
export interface SteeredLayer {
  /** Index in UnetAnatomy.crossAttentions. */
  readonly layer: number;
  readonly offset: number;
  readonly channels: number;
}

/**
 * All float32. S is the batch, or 1 for the same in every sample; R and G are free, at least 1. Off: a basis, an add and a
 * renorm of zeros leave every output as it is, bit for bit.
 */
export interface SteeringPorts {
  /** [S, R, channels]: rows that are orthonormal within each layer; what lies along them is taken out. Zero rows do nothing. */
  readonly basis: string;
  /** [S, channels]: added to every pixel then. */
  readonly add: string;
  /** [S]: 1 gives every pixel the length it had before, 0 leaves its new one; between is blended. */
  readonly renorm: string;
  /** [G, channels]: directions to measure. */
  readonly directions: string;
  /** [B, channels]: outputs averaged over pixels, before steering. */
  readonly means: string;
  /** [B, layers, G]: the largest product of a direction with a pixel's output, before steering. */
  readonly responses: string;
  readonly layers: readonly SteeredLayer[];
  /** Sum of all layers' channels. */
  readonly channels: number;
}

/** So that a pixel whose output is all zeros has a ratio, too. */
const TINY = 1e-12;

/**
 * Opens the outputs of the cross-attentions, behind their output projection, to reading and steering:
 * o' = o - Q^T Q o + a, then |o| / |o'| o' where renorm is on. That is EquiSteer's rule (arXiv 2607.01147) with its coin,
 * its gate and its vectors left to the method; means and responses are what its vectors and thresholds are made of.
 */
export function addSteering(dissection: Dissection, edit: GraphEdit): SteeringPorts {
  const { model, flow, crossAttentions } = dissection;
  const last = model.graph.nodes.length - 1;
  const input = (name: string, dims: readonly string[]) => {
    const port = edit.free(name);
    edit.addInput(port, DATA_TYPE.float, dims);
    return port;
  };
  const basis = input('steer_basis', ['steer_samples', 'steer_rank', 'steer_channels']);
  const add = input('steer_add', ['steer_samples', 'steer_channels']);
  const renorm = input('steer_renorm', ['steer_samples']);
  const directions = input('steer_directions', ['steer_directions', 'steer_channels']);
  const blend = edit.insert(-1, 'Unsqueeze', [renorm, edit.integers([1, 2])]);

  const layers: SteeredLayer[] = [];
  const means: string[] = [];
  const responses: string[] = [];
  let offset = 0;
  crossAttentions.forEach(({ pattern, info: { channels } }, layer) => {
    const after = flow.producer(pattern.output)!.index;
    const insert = (opType: string, inputs: readonly string[], attributes = {}) =>
      edit.insert(after, opType, inputs, attributes);
    const own = (port: string, axis: number) =>
      insert('Slice', [
        port,
        edit.integers([offset]),
        edit.integers([offset + channels]),
        edit.integers([axis]),
      ]);
    const output = edit.insertCast(after, pattern.output, DATA_TYPE.float);

    means.push(edit.insertReduce(after, 'Mean', output, 1, false));
    const measured = insert('MatMul', [output, insert('Transpose', [own(directions, 1)], { perm: [1, 0] })]);
    responses.push(edit.insertReduce(after, 'Max', measured, 1, true));

    const rows = own(basis, 2);
    const along = insert('MatMul', [output, insert('Transpose', [rows], { perm: [0, 2, 1] })]);
    const bare = insert('Sub', [output, insert('MatMul', [along, rows])]);
    const moved = insert('Add', [bare, insert('Unsqueeze', [own(add, 1), edit.integers([1])])]);
    const [before, now] = [output, moved].map((tensor) => edit.insertReduce(after, 'L2', tensor, -1, true));
    const ratio = insert('Div', [before!, insert('Max', [now!, edit.floats([TINY])])]);
    const change = insert('Mul', [insert('Sub', [ratio, edit.floats([1])]), blend]);
    const steered = insert('Mul', [moved, insert('Add', [change, edit.floats([1])])]);
    edit.redirect(pattern.output, edit.insertCastLike(after, steered, pattern.output));

    layers.push({ layer, offset, channels });
    offset += channels;
  });
  const outputs = {
    means: edit.free('steer_means'),
    responses: edit.free('steer_responses'),
  };
  edit.addOutput(outputs.means, edit.insert(last, 'Concat', means, { axis: 1 }), ['batch', offset]);
  edit.addOutput(outputs.responses, edit.insert(last, 'Concat', responses, { axis: 1 }), [
    'batch',
    layers.length,
    'steer_directions',
  ]);
  return { basis, add, renorm, directions, ...outputs, layers, channels: offset };
}
