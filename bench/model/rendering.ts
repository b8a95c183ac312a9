import { Resvg } from '@resvg/resvg-js';
import { drawPicture, type Sample, sampleBalanced, sampleWorld } from '../../src/core/world';
import type { Picture } from '../../workers/pipeline/decoder';
import type { Sampler } from './jobs';

export const sampleOf = (sampler: Sampler, seed: number): Sample =>
  sampler === 'world' ? sampleWorld(seed) : sampleBalanced(seed);

/** A sample of the drawn world as training/render draws it. */
export function render({ picture }: Sample): Picture {
  const drawn = new Resvg(drawPicture(picture), { font: { loadSystemFonts: false } }).render();
  return { width: drawn.width, height: drawn.height, pixels: new Uint8ClampedArray(drawn.pixels) };
}
