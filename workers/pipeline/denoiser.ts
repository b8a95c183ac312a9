import { EvenhandError } from '../../src/core/errors';
import { sizeOf, type Tensor } from '../../src/core/tensor';
import type { Condition } from '../methods/method';
import { type Feed, type Graph, port } from '../runtime/runtime';

/** One image under one text branch. */
export interface BranchInput {
  /** [channels, height, width], already scaled for this timestep by the scheduler. */
  readonly latent: Tensor;
  readonly condition: Condition;
}

export interface Denoiser {
  /** @returns the UNet's prediction for each input, in their order, all from one call of the UNet. */
  predict(inputs: readonly BranchInput[], timestep: number): Promise<readonly Tensor[]>;
  /** Milliseconds spent inside session.run so far. */
  runMilliseconds(): number;
}

/** @param graph a diffusers UNet: sample, timestep, encoder_hidden_states -> its one output. */
export function createDenoiser(graph: Graph): Denoiser {
  const timestepPort = port(graph.inputs, 'timestep');
  const output = graph.outputs[0]?.name ?? 'out_sample';
  let sample = new Float32Array(0);
  let text = new Float32Array(0);
  /** Whose rows stand in `text`, so that only what changed is copied again. */
  let held: Tensor[] = [];

  function fill(inputs: readonly BranchInput[], latentSize: number, textSize: number) {
    if (sample.length !== inputs.length * latentSize) sample = new Float32Array(inputs.length * latentSize);
    if (text.length !== inputs.length * textSize) {
      text = new Float32Array(inputs.length * textSize);
      held = [];
    }
    inputs.forEach(({ latent, condition }, index) => {
      sample.set(latent.data, index * latentSize);
      if (condition.k !== condition.v) throw splitText(condition.prompt);
      if (held[index] !== condition.k) text.set(condition.k.data, index * textSize);
      held[index] = condition.k;
    });
  }

  return {
    runMilliseconds: graph.runMilliseconds,
    async predict(inputs, timestep) {
      const first = inputs[0];
      if (!first) return [];
      const latentDims = first.latent.dims;
      const textDims = first.condition.k.dims;
      const latentSize = sizeOf(latentDims);
      fill(inputs, latentSize, sizeOf(textDims));
      const outputs = await graph.run({
        sample: { data: sample, dims: [inputs.length, ...latentDims] },
        timestep: timestepFeed(timestep, timestepPort.dims, inputs.length),
        encoder_hidden_states: { data: text, dims: [inputs.length, ...textDims] },
      });
      const prediction = outputs[output];
      if (prediction?.data.length !== sample.length) throw wrongOutput(output, prediction?.dims);
      return inputs.map((_, index) => ({
        data: prediction.data.subarray(index * latentSize, (index + 1) * latentSize),
        dims: latentDims,
      }));
    },
  };
}

/** Exports differ: a scalar, one number for the whole batch, or one per sample; float32 or int64. */
function timestepFeed(timestep: number, dims: readonly (number | string)[], batch: number): Feed {
  if (dims.length === 0) return { numbers: [timestep], dims: [] };
  const length = dims[0] === 1 ? 1 : batch;
  return { numbers: new Array<number>(length).fill(timestep), dims: [length] };
}

function splitText(prompt: string): EvenhandError {
  return new EvenhandError(
    'model-unsupported',
    `A method gave different text for keys and values of "${prompt}", and this model's UNet has one text input only.`,
    'Choose a method that edits both alike.',
  );
}

function wrongOutput(name: string, dims: readonly number[] | undefined): EvenhandError {
  return new EvenhandError(
    'model-unsupported',
    `The UNet's output ${name} has the shape [${dims?.join(', ') ?? 'none'}], which is not its input's.`,
    'Export the model in the diffusers layout.',
  );
}
