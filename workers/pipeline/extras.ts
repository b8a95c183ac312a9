import { sizeOf, type Tensor } from '../../src/core/tensor';
import type { AttentionLayer, SteeringReading, UnetAccess } from '../methods/method';
import type { MiddlePorts, Ports } from '../onnx/instrument';
import type { ProbePorts } from '../onnx/probes';
import type { SteeringPorts } from '../onnx/steering';
import type { Feed } from '../runtime/runtime';
import type { BranchAnswer, BranchInput } from './branches';

type Outputs = Readonly<Record<string, Tensor>>;

/** What one kind of port adds to a call of the UNet. */
export interface Extra {
  readonly feeds: Readonly<Record<string, Feed>>;
  /** Outputs that somebody in the batch wants. */
  readonly fetches: readonly string[];
  /** What input `index` of the batch asked for. */
  answer(outputs: Outputs, index: number): Omit<BranchAnswer, 'prediction'>;
}

const zeros = (...dims: number[]): Tensor => ({ data: new Float32Array(sizeOf(dims)), dims });

/**
 * Feeds and fetches for the ports that a UNet was given; inputs that ask for nothing get the values at which a port changes nothing
 * (workers/onnx/README.md).
 * @throws EvenhandError 'model-unsupported' for an input that asks for a port that is not there.
 */
export function extrasOf(inputs: readonly BranchInput[], ports: Ports, unet: UnetAccess): Extra[] {
  if (inputs.some(({ probe }) => probe)) unet.require('probes');
  if (inputs.some(({ hDelta, readMiddle }) => hDelta || readMiddle)) unet.require('middle');
  return [
    ...(ports.probes ? [probing(inputs, ports.probes, unet)] : []),
    ...(ports.middle && unet.middle ? [shifting(inputs, ports.middle, unet.middle)] : []),
    ...(ports.steering ? [steering(inputs, ports.steering)] : []),
  ];
}

/** Tokens are one list for the whole batch: those of all its inputs. */
function probing(inputs: readonly BranchInput[], ports: ProbePorts, unet: UnetAccess): Extra {
  const tokens = [...new Set(inputs.flatMap(({ probe }) => probe ?? []))].sort((a, b) => a - b);
  const pixels = ports.layers.reduce((sum, { height, width }) => sum + height * width, 0);
  return {
    feeds: { [ports.tokens]: { numbers: tokens.length > 0 ? tokens : [0], dims: [tokens.length || 1] } },
    fetches: tokens.length > 0 ? [ports.maps] : [],
    answer(outputs, index) {
      const wanted = inputs[index]?.probe;
      if (!wanted) return {};
      const { data } = outputs[ports.maps]!;
      const layers = ports.layers.map(({ layer, offset, height, width }): AttentionLayer => {
        const maps = wanted.map((token) => {
          const start = (index * tokens.length + tokens.indexOf(token)) * pixels + offset;
          return data.subarray(start, start + height * width);
        });
        return { layer, place: unet.crossAttentions[layer]?.place, height, width, maps };
      });
      return { maps: { tokens: wanted, layers } };
    },
  };
}

function shifting(
  inputs: readonly BranchInput[],
  ports: MiddlePorts,
  { channels, height, width }: NonNullable<UnetAccess['middle']>,
): Extra {
  const size = channels * height * width;
  const dims = [channels, height, width];
  const moved = inputs.some(({ hDelta }) => hDelta);
  const delta = moved ? zeros(inputs.length, ...dims) : zeros(1, channels, 1, 1);
  inputs.forEach(({ hDelta }, index) => {
    if (!hDelta) return;
    // [C, 1, 1] stands for the same at every pixel.
    const repeats = size / hDelta.data.length;
    for (let i = 0; i < size; i++) delta.data[index * size + i] = hDelta.data[Math.floor(i / repeats)]!;
  });
  return {
    feeds: { [ports.hDelta]: delta },
    fetches: inputs.some(({ readMiddle }) => readMiddle) ? [ports.h] : [],
    answer: (outputs, index) =>
      inputs[index]?.readMiddle ? { middle: rowOf(outputs[ports.h]!, index, dims) } : {},
  };
}

function steering(inputs: readonly BranchInput[], ports: SteeringPorts): Extra {
  const { channels } = ports;
  const batch = inputs.length;
  const rank = Math.max(1, ...inputs.map(({ steering }) => steering?.basis?.dims[0] ?? 0));
  const [basis, add, renorm] = [zeros(batch, rank, channels), zeros(batch, channels), zeros(batch)];
  inputs.forEach(({ steering }, index) => {
    if (steering?.basis) basis.data.set(steering.basis.data, index * rank * channels);
    if (steering?.add) add.data.set(steering.add.data, index * channels);
    renorm.data[index] = steering?.renorm ?? 0;
  });
  // Directions are one list for the whole batch too; images of one lane bring the same.
  const measured = [...new Set(inputs.flatMap(({ readSteering }) => readSteering?.directions ?? []))];
  const counts = measured.map(({ dims }) => dims[0]!);
  const starts = counts.map((_, i) => counts.slice(0, i).reduce((sum, count) => sum + count, 0));
  const rows = measured.flatMap(({ data }) => [...data]);
  const directions =
    rows.length > 0
      ? { data: Float32Array.from(rows), dims: [rows.length / channels, channels] }
      : zeros(1, channels);

  function reading(outputs: Outputs, index: number, own: Tensor | undefined): SteeringReading {
    const all = outputs[ports.responses]!;
    const [, layers, count] = all.dims as [number, number, number];
    const start = own ? starts[measured.indexOf(own)]! : 0;
    const width = own?.dims[0] ?? 1;
    const responses = Float32Array.from({ length: layers * width }, (_, i) => {
      const [layer, direction] = [Math.floor(i / width), i % width];
      return all.data[(index * layers + layer) * count + start + direction]!;
    });
    return {
      means: rowOf(outputs[ports.means]!, index, [channels]),
      responses: { data: responses, dims: [layers, width] },
    };
  }

  return {
    feeds: {
      ...{ [ports.basis]: basis, [ports.add]: add, [ports.renorm]: renorm },
      [ports.directions]: directions,
    },
    fetches: inputs.some(({ readSteering }) => readSteering) ? [ports.means, ports.responses] : [],
    answer(outputs, index) {
      const wanted = inputs[index]?.readSteering;
      return wanted ? { steering: reading(outputs, index, wanted.directions) } : {};
    },
  };
}

/** Row `index` of a batch. */
function rowOf({ data }: Tensor, index: number, dims: readonly number[]): Tensor {
  const size = sizeOf(dims);
  return { data: data.subarray(index * size, (index + 1) * size), dims };
}
