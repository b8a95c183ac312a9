import { expose } from 'comlink';
import { ssim } from '../../core/metrics';
import { decodePng } from '../image/png';

type Bytes = Uint8Array<ArrayBuffer>;

/** SSIM takes about 20 ms a pair, which the page would feel. */
const surface = {
  /** @param a, b PNG files of one size. @returns -1 .. 1, see core/metrics. */
  async ssimOf(a: Bytes, b: Bytes): Promise<number> {
    const [before, after] = await Promise.all([pixelsOf(a), pixelsOf(b)]);
    return ssim(before, after);
  },
};

async function pixelsOf(png: Bytes) {
  const { width, height, pixels } = await decodePng(png);
  return { width, height, data: pixels, channels: 4 as const };
}

export type SimilaritySurface = typeof surface;

expose(surface);
