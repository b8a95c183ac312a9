import { EvenhandError } from '../../src/core/errors';
import { type Tensor, tensor } from '../../src/core/tensor';
import type { VaeConfig } from '../pipeline/config';
import type { Picture } from '../pipeline/decoder';
import type { Graph } from '../runtime/runtime';

export interface Encoder {
  /**
   * @param picture of the model's own size.
   * @returns [channels, height, width], scaled as the denoise loop has its latents.
   */
  encode(picture: Picture): Promise<Tensor>;
}

/**
 * The VAE's encoder, the mean of its latents. Exports give the mean alone, or mean and log-variance together (Optimum).
 * @throws EvenhandError 'model-unsupported' from `encode`, when the graph gives no latents of that shape.
 */
export function createEncoder(
  graph: Graph,
  config: VaeConfig,
  latentDims: readonly [number, number, number],
): Encoder {
  const input = graph.inputs[0]?.name ?? 'sample';
  const output = graph.outputs[0]?.name ?? 'latent_sample';
  const [channels, height, width] = latentDims;
  const size = channels * height * width;
  const shift = config.shift_factor ?? 0;
  return {
    async encode({ width: pictureWidth, height: pictureHeight, pixels }) {
      const feed = { data: toPlanes(pixels), dims: [1, 3, pictureHeight, pictureWidth] };
      const encoded = (await graph.run({ [input]: feed }))[output];
      const [, found, rows, columns] = encoded?.dims ?? [];
      if (
        !encoded ||
        (found !== channels && found !== 2 * channels) ||
        rows !== height ||
        columns !== width
      ) {
        throw new EvenhandError(
          'model-unsupported',
          `The VAE encoder turns a picture of ${pictureWidth} x ${pictureHeight} into [${encoded?.dims.join(', ')}], where this model's latents are [${latentDims.join(', ')}].`,
          'Export the model in the diffusers layout.',
        );
      }
      const mean = encoded.data.subarray(0, size);
      return tensor(
        mean.map((value) => (value - shift) * config.scaling_factor),
        latentDims,
      );
    },
  };
}

/** @param pixels RGBA. @returns red, green and blue planes, -1..1; alpha is left aside. */
function toPlanes(pixels: Uint8ClampedArray): Float32Array {
  const count = pixels.length / 4;
  return Float32Array.from({ length: 3 * count }, (_, i) => {
    const plane = Math.floor(i / count);
    return pixels[(i - plane * count) * 4 + plane]! / 127.5 - 1;
  });
}
