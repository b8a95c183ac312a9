import { createFlow, type Flow } from '../onnx/flow';
import { type OnnxModel, readModel } from '../onnx/model';
import { DATA_TYPE } from '../onnx/schema';
import { bitsOfHalf, halfOf, LARGEST_HALF } from '../runtime/half';
import { misfit } from './errors';
import type { ModuleDelta } from './lora';
import { type Replacement, replaceWeights, type StoredWeight } from './replace';
import { type Site, type SiteOptions, siteFinder } from './sites';
import { type LearnedRows, type TokenTable, tokenTable, withRows } from './table';
import { transposed, type Weight, weightReader } from './weight';

/** What changes in one graph. */
export interface GraphDelta {
  readonly modules: readonly ModuleDelta[];
  /** Of tokens that the graph does not know yet, behind the table of those it does; only in a text encoder. */
  readonly rows?: readonly LearnedRows[];
}

export interface ApplyOptions {
  /** Of the graph, for errors. */
  readonly path: string;
  /** Of the delta, for errors. */
  readonly name: string;
  /** How to find attentions in a UNet whose names were lost; undefined for a graph that is no UNet. */
  readonly unet?: SiteOptions;
}

/** How much a delta changes, and what is lost on the way: root mean squares over all weights that it changes, as parts of theirs. */
export interface DeltaSize {
  /** Weights (matrices and kernels) that are changed. */
  readonly weights: number;
  readonly change: number;
  /** What the file had lost already, by rounding its weights to int8; 0 for float files. It is in the base model as well. */
  readonly rounding: number;
  /**
   * What storing the sum loses: 0 in float32, about 2e-4 in float16. The change is added to the weights as they are dequantized, and
   * the sum is not rounded to int8 again.
   */
  readonly storing: number;
}

export interface Applied {
  /** The graph to open: the very bytes given at strength 0. */
  readonly bytes: Uint8Array;
  readonly size: DeltaSize;
  /** Tokens that the graph knew before: the id of the first that was added. Undefined without rows. */
  readonly knownTokens: number | undefined;
}

/**
 * Adds a delta to the weights of an exported graph: W' = W + strength * scale * B A. Everything else is kept byte for byte.
 * A float32 weight stays float32; one that is stored as int8 or float16 becomes float16 behind a Cast, which ONNX Runtime folds
 * when it opens the graph.
 * @param strength 0..1. @throws RangeError for another strength; EvenhandError 'model-corrupt' for bytes that are no model,
 * 'model-unsupported' for modules that this graph does not have or has in another shape. The bytes given are never changed.
 */
export function applyDelta(
  bytes: Uint8Array,
  { modules, rows = [] }: GraphDelta,
  strength: number,
  { path, name, unet }: ApplyOptions,
): Applied {
  if (!(strength >= 0 && strength <= 1)) throw new RangeError(`A delta's strength is 0..1, not ${strength}.`);
  const refuse = (why: string) => misfit(name, path, why);
  const model = readModel(bytes, path);
  const flow = createFlow(model);
  const read = weightReader(model, flow);
  const sites = sitesOf(modules, model, flow, unet, refuse);
  const twice = sites.find(({ node }, i) => sites.findIndex((other) => other.node === node) !== i);
  if (twice) throw refuse(`it changes ${twice.module} twice`);
  const sums = createSums();
  const replacements = sites.map(({ node, module }, i): Replacement => {
    const weight = read(node.inputs[1]!);
    const flip =
      node.opType === 'MatMul' || (node.opType === 'Gemm' && node.attributes.get('transB')?.int !== 1);
    const change = changeOf(modules[i]!, weight, flip, (why) => refuse(`${module} ${why}`));
    const made = weight.data.map((value, j) => value + strength * change[j]!);
    const kept = stored(made, weight);
    sums.add(weight, change, kept.lost);
    return { node, input: 1, weight: kept, type: weight.type };
  });
  let table: TokenTable | undefined;
  if (rows.length > 0) {
    table = tokenTable(model, flow, read, refuse);
    replacements.push(withRows(table, rows, strength, refuse));
  }
  const size = sums.size();
  const knownTokens = table?.weight.dims[0];
  if (strength === 0) return { bytes, size, knownTokens };
  return { bytes: replaceWeights(model, flow, replacements), size, knownTokens };
}

function sitesOf(
  modules: readonly ModuleDelta[],
  model: OnnxModel,
  flow: Flow,
  unet: SiteOptions | undefined,
  refuse: (why: string) => Error,
): Site[] {
  const find = siteFinder(model, flow, unet);
  const found = modules.map(({ module }) => find(module));
  const missing = modules.filter((_, i) => !found[i]).map(({ module }) => module);
  if (missing.length > 0) {
    const some = missing.slice(0, 3).join(', ');
    throw refuse(
      `${missing.length} of its ${modules.length} modules are not found there (${some}${missing.length > 3 ? ', ...' : ''})`,
    );
  }
  return found.flatMap((site) => site ?? []);
}

/**
 * scale * B A, laid out as the node reads its weight.
 * @param flip the node reads [in, out]. @param refuse completes a sentence about the module.
 */
function changeOf(
  { a, b, rank, inputs, outputs, scale }: ModuleDelta,
  { dims }: Weight,
  flip: boolean,
  refuse: (why: string) => Error,
): Float32Array {
  const [rows, ...columns] = flip ? dims.toReversed() : dims;
  // A linear layer may stand as a convolution of one pixel in the delta, in the graph, or in both.
  const plain = (shape: readonly number[]) => shape.filter((dim, i) => i === 0 || dim !== 1);
  if (rows !== outputs || plain(columns).join() !== plain(inputs).join()) {
    throw refuse(
      `is [${[outputs, ...inputs].join(', ')}] in the delta and [${[rows, ...columns].join(', ')}] in the model`,
    );
  }
  const width = a.length / rank;
  const change = new Float32Array(outputs * width);
  const sum = new Float64Array(width);
  for (let o = 0; o < outputs; o++) {
    sum.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = scale * b[o * rank + r]!;
      for (let i = 0; i < width; i++) sum[i]! += factor * a[r * width + i]!;
    }
    change.set(sum, o * width);
  }
  return flip ? transposed(change, outputs) : change;
}

/** @returns the weight as it is written, and the sum of squares of what that lost. */
function stored(made: Float32Array, weight: Weight): StoredWeight & { readonly lost: number } {
  const { dims } = weight;
  const mustBeHalf = weight.type === DATA_TYPE.float16;
  const fits = made.every((value) => Math.abs(value) <= LARGEST_HALF);
  if (weight.stored === DATA_TYPE.float || (!mustBeHalf && !fits)) {
    const raw = new Uint8Array(made.buffer, made.byteOffset, made.byteLength);
    return { dims, raw, type: DATA_TYPE.float, lost: 0 };
  }
  const bits = Uint16Array.from(made, bitsOfHalf);
  const lost = made.reduce((sum, value, i) => sum + (halfOf(bits[i]!) - value) ** 2, 0);
  return { dims, raw: new Uint8Array(bits.buffer), type: DATA_TYPE.float16, lost };
}

/** Squares of weights and of what happens to them, over all that are changed. */
function createSums() {
  const all = { weights: 0, squares: 0, change: 0, rounding: 0, storing: 0 };
  const squares = (data: Float32Array) => data.reduce((sum, value) => sum + value ** 2, 0);
  const part = (of: number) => (all.squares === 0 ? 0 : Math.sqrt(of / all.squares));
  return {
    add({ data, rounding }: Weight, change: Float32Array, lost: number) {
      all.weights += 1;
      all.squares += squares(data);
      all.change += squares(change);
      all.rounding += rounding * data.length;
      all.storing += lost;
    },
    size: (): DeltaSize => ({
      weights: all.weights,
      change: part(all.change),
      rounding: part(all.rounding),
      storing: part(all.storing),
    }),
  };
}
