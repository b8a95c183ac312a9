import type { Tensor } from '../../src/core/tensor';
import type { BackendReport } from '../protocol';

/**
 * The small thing that the pipeline asks of its host: open a graph, run it, close it. Two implementations:
 * web.ts (the page's worker) and node.ts (bench, evaluation, tests). The pipeline does not know which it has.
 */

/** Element types that can be fed; the graph says which one each input wants. */
export type ElementType = 'float32' | 'float16' | 'int32' | 'int64';

/** An input or output of a graph. A dimension that is free has a name (or is -1). */
export interface Port {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

/** Plain numbers for an input whose element type differs between exports: token ids, timesteps. */
export interface Numbers {
  readonly numbers: readonly number[];
  readonly dims: readonly number[];
}

export type Feed = Tensor | Numbers;

export interface Graph {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /**
   * Runs the graph once, after every earlier call of this realm has ended.
   * Feeds are converted to the element type that the input wants (rounded, if that is whole numbers or half precision).
   * @param outputs names of those to fetch; absent: all. What is not fetched is not copied from the device.
   * @returns these outputs as float32, on the CPU.
   * @throws EvenhandError 'device-lost' when the GPU went away meanwhile, 'model-unsupported' when the graph cannot compute with these
   * feeds or has no memory to. @throws RangeError for a port that is not there.
   */
  run(
    feeds: Readonly<Record<string, Feed>>,
    outputs?: readonly string[],
  ): Promise<Readonly<Record<string, Tensor>>>;
  /** Milliseconds spent inside session.run of this graph so far, waiting in the queue not counted. */
  runMilliseconds(): number;
  close(): Promise<void>;
}

/** A file that weights of a graph lie in. */
export interface ExternalData {
  /** As the graph calls it. */
  readonly path: string;
  readonly data: Uint8Array;
}

export interface Runtime {
  readonly report: BackendReport;
  /**
   * Whether what a graph answers to one sample is the same to the bit whatever else stands in its batch, if anything does. So it
   * is with ONNX Runtime's CPU kernels, in Node and in wasm (rows.test.ts); a batch of one alone is convolved in other portions by
   * several threads of wasm. WebGPU's kernels are chosen by the size of the whole.
   */
  readonly rowsStandAlone: boolean;
  /** @throws EvenhandError 'model-unsupported' when the bytes are no graph that this backend can run. */
  open(bytes: Uint8Array, name: string, external?: readonly ExternalData[]): Promise<Graph>;
  /** Settles when the device is lost; never, where none can be. */
  readonly lost: Promise<string>;
  close(): Promise<void>;
}

/** The port of that name. @throws RangeError when there is none. */
export function port(ports: readonly Port[], name: string): Port {
  const found = ports.find((candidate) => candidate.name === name);
  if (!found) {
    throw new RangeError(
      `The graph has no port "${name}"; it has ${ports.map(({ name }) => name).join(', ')}.`,
    );
  }
  return found;
}
