import { type Pixels, psnr, ssim, ssimWithin } from '../../src/core/metrics';
import type { Box } from '../../workers/perception/peaks';
import type { Picture } from '../../workers/pipeline/decoder';
import type { ReadPerson } from '../model/jobs';
import { cosine, featureDistance, type Seen } from './clip';
import { type Change, UNCHANGED } from './jobs';

/** A picture, who is in it, and what world-CLIP sees. */
export interface Looked {
  readonly picture: Picture;
  readonly people: readonly ReadPerson[];
  readonly seen: Seen;
}

/** A person reaches so far from the middle of the head, in widths of it (shoulders: 0.84), and above it, in heights (hats). */
const REACH = 0.9;
const ABOVE = 0.35;
/** Below this share of the picture, what is outside of the persons is too little to speak of. */
const LEAST_OUTSIDE = 0.02;

/** How far a picture is from the base lane's of the same seed. */
export function changeOf(base: Looked, own: Looked): Change {
  const [a, b] = [pixelsOf(base.picture), pixelsOf(own.picture)];
  const outside = outsidePersons(
    [...base.people, ...own.people].map(({ box }) => box),
    base.picture,
  );
  const share = outside.reduce((sum, one) => sum + one, 0) / outside.length;
  return {
    psnr: Math.min(UNCHANGED, psnr(a, b) ?? UNCHANGED),
    ssim: ssim(a, b),
    features: featureDistance(base.seen, own.seen),
    clipI: cosine(base.seen.embedding, own.seen.embedding),
    ...(share >= LEAST_OUTSIDE && {
      outside: {
        share,
        psnr: Math.min(UNCHANGED, psnr(a, b, outside) ?? UNCHANGED),
        ssim: ssimWithin(a, b, outside) ?? 1,
        features: featureDistance(base.seen, own.seen, { of: outside, side: base.picture.width }),
      },
    }),
  };
}

/**
 * 1 where no person is, 0 where one may be: a column around each head from above it to the lower edge. The reader finds heads only;
 * shoulders, hats and most of what hands hold lie within. @returns [height * width]
 */
export function outsidePersons(
  heads: readonly Box[],
  { width, height }: Pick<Picture, 'width' | 'height'>,
): Uint8Array {
  const outside = new Uint8Array(width * height).fill(1);
  for (const [x, y, w, h] of heads) {
    const middle = x + w / 2;
    const left = Math.max(0, Math.floor(middle - REACH * w));
    const right = Math.min(width, Math.ceil(middle + REACH * w));
    for (let row = Math.max(0, Math.floor(y - ABOVE * h)); row < height; row++)
      outside.fill(0, row * width + left, row * width + right);
  }
  return outside;
}

export function pixelsOf({ width, height, pixels }: Picture): Pixels {
  return { data: pixels, width, height, channels: 4 };
}
