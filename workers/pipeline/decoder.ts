import { EvenhandError } from '../../src/core/errors';
import type { Tensor } from '../../src/core/tensor';
import type { Graph } from '../runtime/runtime';
import type { VaeConfig } from './config';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGBA, row-major. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

export interface Decoder {
  /** @param latent [channels, height, width] as the denoise loop left it. */
  decode(latent: Tensor): Promise<Picture>;
}

/**
 * The VAE's decoder. One image a call: the first finished image then shows at once, and what an image looks like cannot
 * depend on which others were decoded beside it.
 */
export function createDecoder(graph: Graph, config: VaeConfig): Decoder {
  const input = graph.inputs[0]?.name ?? 'latent_sample';
  const output = graph.outputs[0]?.name ?? 'sample';
  const shift = config.shift_factor ?? 0;
  return {
    async decode(latent) {
      const data = latent.data.map((value) => value / config.scaling_factor + shift);
      const outputs = await graph.run({ [input]: { data, dims: [1, ...latent.dims] } });
      const image = outputs[output];
      const [, channels, height, width] = image?.dims ?? [];
      if (!image || channels !== 3 || !height || !width) {
        throw new EvenhandError(
          'model-unsupported',
          'The VAE decoder gives no picture of shape [1, 3, height, width].',
          'Export the model in the diffusers layout.',
        );
      }
      return { width, height, pixels: toRgba(image.data, width * height) };
    },
  };
}

/** @param planes red, green and blue planes, -1..1; values outside are clamped. */
export function toRgba(planes: Float32Array, count: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(count * 4);
  for (let i = 0; i < count; i++) {
    // Storing into clamped bytes rounds half to even, as numpy's round() does in diffusers.
    pixels[i * 4] = (planes[i]! / 2 + 0.5) * 255;
    pixels[i * 4 + 1] = (planes[count + i]! / 2 + 0.5) * 255;
    pixels[i * 4 + 2] = (planes[2 * count + i]! / 2 + 0.5) * 255;
    pixels[i * 4 + 3] = 255;
  }
  return pixels;
}
