import { EvenhandError } from '../../src/core/errors';
import { sizeOf, type Tensor } from '../../src/core/tensor';
import type { UnetAccess } from '../methods/method';
import type { Ports } from '../onnx/instrument';
import type { Feed, Graph, Port } from '../runtime/runtime';
import type { BranchAnswer, BranchInput } from './branches';
import { extrasOf } from './extras';
import { guidanceEmbedding } from './guidanceEmbedding';

export interface Denoiser {
  readonly unet: UnetAccess;
  /** The UNet is told the guidance scale and follows it in one branch, as those of latent consistency models do. */
  readonly guidesItself: boolean;
  /**
   * @param guidanceScale for a UNet that guides itself; 1 is no guidance.
   * @returns the UNet's answer to each input, in their order, from as few calls of the UNet as it has memory for.
   */
  predict(
    inputs: readonly BranchInput[],
    timestep: number,
    guidanceScale?: number,
  ): Promise<readonly BranchAnswer[]>;
  /** Milliseconds spent inside session.run so far. */
  runMilliseconds(): number;
}

/** A diffusers UNet (sample, timestep, encoder_hidden_states -> its first output) and the ports that were put into it. */
export interface OpenedUnet {
  readonly graph: Graph;
  readonly ports: Ports;
}

/** Inputs that are fed by diffusers' names. */
const FED = ['sample', 'timestep', 'encoder_hidden_states'];
/** [B, D], of UNets that guide themselves (diffusers: time_cond_proj_dim). */
const GUIDANCE = 'timestep_cond';

/**
 * @param plain what draws. @param steered gives the same UNet with ports for steering; asked for by the first call that steers or
 * reads steering.
 * @param mostRows inputs in one call, where rows stand alone (see Runtime) and memory is short.
 */
export function createDenoiser(
  plain: OpenedUnet,
  unet: UnetAccess,
  steered: () => Promise<OpenedUnet>,
  mostRows = Number.POSITIVE_INFINITY,
): Denoiser {
  const timestepPort = timestepOf(plain);
  const guidanceWidth = guidanceWidthOf(plain);
  const output = plain.graph.outputs[0]?.name ?? 'out_sample';
  const samples = createRows();
  const keys = createRows();
  const values = createRows();
  const graphs = new Set([plain.graph]);

  async function openedFor(inputs: readonly BranchInput[]): Promise<OpenedUnet> {
    if (!inputs.some(({ steering, readSteering }) => steering ?? readSteering)) return plain;
    unet.require('steering');
    const opened = await steered();
    graphs.add(opened.graph);
    return opened;
  }

  /** Text for keys and, where a port is there for it, for values: the same rows unless a method split them. */
  function textFeeds(inputs: readonly BranchInput[], { textValues }: Ports): Record<string, Feed> {
    const k = keys.fill(inputs.map(({ condition }) => condition.k));
    const split = inputs.some(({ condition }) => condition.k !== condition.v);
    if (split) unet.require('splitText');
    if (!textValues) return { encoder_hidden_states: k };
    const v = split ? values.fill(inputs.map(({ condition }) => condition.v)) : k;
    return { encoder_hidden_states: k, [textValues]: v };
  }

  async function together(
    inputs: readonly BranchInput[],
    timestep: number,
    guidanceScale: number,
  ): Promise<readonly BranchAnswer[]> {
    const first = inputs[0];
    if (!first) return [];
    const { graph, ports } = await openedFor(inputs);
    const extras = extrasOf(inputs, ports, unet);
    const sample = samples.fill(inputs.map(({ latent }) => latent));
    const feeds: Record<string, Feed> = {
      sample,
      timestep: timestepFeed(timestep, timestepPort.dims, inputs.length),
      ...textFeeds(inputs, ports),
      ...(guidanceWidth && { [GUIDANCE]: guidanceFeed(guidanceScale, guidanceWidth, inputs.length) }),
      ...Object.assign({}, ...extras.map((extra) => extra.feeds)),
    };
    const outputs = await graph.run(feeds, [output, ...extras.flatMap(({ fetches }) => fetches)]);
    const all = outputs[output];
    if (all?.data.length !== sample.data.length) throw wrongOutput(output, all?.dims);
    const { dims } = first.latent;
    const size = sizeOf(dims);
    return inputs.map((_, index): BranchAnswer => {
      const prediction = { data: all.data.subarray(index * size, (index + 1) * size), dims };
      return Object.assign({ prediction }, ...extras.map((extra) => extra.answer(outputs, index)));
    });
  }

  return {
    unet,
    guidesItself: guidanceWidth !== undefined,
    runMilliseconds: () => [...graphs].reduce((sum, graph) => sum + graph.runMilliseconds(), 0),
    async predict(inputs, timestep, guidanceScale = 1) {
      const answers: BranchAnswer[] = [];
      for (let start = 0; start < inputs.length; start += mostRows) {
        const part = inputs.slice(start, start + mostRows);
        answers.push(...(await together(part, timestep, guidanceScale)));
      }
      return answers;
    },
  };
}

/** One buffer for the tensors of a batch; only what changed since the last call is copied again. */
function createRows() {
  let data = new Float32Array(0);
  let held: Tensor[] = [];
  return {
    fill(rows: readonly Tensor[]): Tensor {
      const dims = rows[0]!.dims;
      const size = sizeOf(dims);
      if (data.length !== rows.length * size) {
        data = new Float32Array(rows.length * size);
        held = [];
      }
      rows.forEach((row, index) => {
        if (held[index] !== row) data.set(row.data, index * size);
        held[index] = row;
      });
      return { data, dims: [rows.length, ...dims] };
    },
  };
}

/** Exports differ: a scalar, one number for the whole batch, or one per sample; float32 or int64. */
function timestepFeed(timestep: number, dims: readonly (number | string)[], batch: number): Feed {
  if (dims.length === 0) return { numbers: [timestep], dims: [] };
  const length = dims[0] === 1 ? 1 : batch;
  return { numbers: new Array<number>(length).fill(timestep), dims: [length] };
}

/** The same row for every sample. */
function guidanceFeed(scale: number, width: number, batch: number): Tensor {
  const row = guidanceEmbedding(scale, width);
  const data = new Float32Array(batch * width);
  for (let index = 0; index < batch; index++) data.set(row, index * width);
  return { data, dims: [batch, width] };
}

/** @throws EvenhandError 'model-unsupported' for a graph that does not tell how long the embedding is. */
function guidanceWidthOf({ graph: { inputs } }: OpenedUnet): number | undefined {
  const port = inputs.find(({ name }) => name === GUIDANCE);
  if (!port) return undefined;
  const width = port.dims[1];
  if (port.dims.length === 2 && typeof width === 'number' && width >= 4) return width;
  throw new EvenhandError(
    'model-unsupported',
    `The UNet's input ${GUIDANCE} [${port.dims.join(', ')}] does not tell how many numbers it takes for the guidance scale.`,
    `Export the model with a fixed last dimension of ${GUIDANCE}: the time_cond_proj_dim of unet/config.json.`,
  );
}

function addedInputs({ textValues, probes, middle, steering }: Ports): readonly (string | undefined)[] {
  const { basis, add, renorm, directions } = steering ?? {};
  return [textValues, probes?.tokens, middle?.hDelta, basis, add, renorm, directions];
}

/** @throws EvenhandError 'model-unsupported' for a graph that wants more than diffusers' UNets of Stable Diffusion do, or less. */
function timestepOf({ graph: { inputs }, ports }: OpenedUnet): Port {
  const own = [...FED, GUIDANCE, ...addedInputs(ports)];
  const more = inputs.filter(({ name }) => !own.includes(name)).map(({ name }) => name);
  const timestep = inputs.find(({ name }) => name === 'timestep');
  if (timestep && more.length === 0) return timestep;
  throw new EvenhandError(
    'model-unsupported',
    timestep
      ? `The UNet wants ${more.join(', ')} beside ${FED.join(', ')}, which no Stable Diffusion 1.x, 2.x or Turbo does.`
      : `The UNet has no input named timestep; its inputs are ${inputs.map(({ name }) => name).join(', ')}.`,
    'Choose a Stable Diffusion 1.x, 2.x or Turbo model in the diffusers layout.',
  );
}

function wrongOutput(name: string, dims: readonly number[] | undefined): EvenhandError {
  return new EvenhandError(
    'model-unsupported',
    `The UNet's output ${name} has the shape [${dims?.join(', ') ?? 'none'}], which is not its input's.`,
    'Export the model in the diffusers layout.',
  );
}
