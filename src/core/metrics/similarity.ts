/** Pixels of one image, 0 .. 255. */
export interface Pixels {
  /** Interleaved, length width * height * channels; a canvas's ImageData fits. */
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 RGB, 4 RGBA (alpha is left aside). */
  readonly channels: 1 | 3 | 4;
}

const RANGE = 255;
const RADIUS = 5;
const SIGMA = 1.5;
const C1 = (0.01 * RANGE) ** 2;
const C2 = (0.03 * RANGE) ** 2;
const KERNEL = gaussian();

/**
 * Peak signal-to-noise ratio in dB, over all colour channels (methods 7.6).
 * @param inside optional, length width * height: only pixels where it is true count, for drift outside of edited regions.
 * @returns >= 0, Infinity for equal images, undefined if no pixel counts. @throws RangeError if the images differ in shape.
 */
export function psnr(a: Pixels, b: Pixels, inside?: ArrayLike<boolean | number>): number | undefined {
  checkPair(a, b);
  const colours = Math.min(3, a.channels);
  let sum = 0;
  let count = 0;
  for (let pixel = 0; pixel < a.width * a.height; pixel++) {
    if (inside && !inside[pixel]) continue;
    for (let c = 0; c < colours; c++)
      sum += (a.data[pixel * a.channels + c]! - b.data[pixel * b.channels + c]!) ** 2;
    count += colours;
  }
  return count === 0 ? undefined : 10 * Math.log10(RANGE ** 2 / (sum / count));
}

/**
 * Structural similarity (Wang et al. 2004): 11 x 11 Gaussian window, sigma 1.5, L = 255, mean over channels and over all places
 * where the window fits. Equal to skimage's `structural_similarity(gaussian_weights=True, use_sample_covariance=False)`.
 * @returns -1 .. 1, 1 for equal images. @throws RangeError if the images differ in shape, or a side is below 11.
 */
export function ssim(a: Pixels, b: Pixels): number {
  return ssimWithin(a, b, new Uint8Array(a.width * a.height).fill(1))!;
}

/**
 * The same over windows whose middle is within a mask; what they see reaches 5 pixels further.
 * @param within 0 outside, [height * width]. @returns undefined where no window fits. @throws RangeError as `ssim` does.
 */
export function ssimWithin(a: Pixels, b: Pixels, within: ArrayLike<number>): number | undefined {
  checkPair(a, b);
  if (Math.min(a.width, a.height) < KERNEL.length) {
    throw new RangeError(`SSIM needs images of at least 11 x 11 pixels, got ${a.width} x ${a.height}.`);
  }
  const middles = places(within, a.width, a.height);
  if (middles.length === 0) return undefined;
  const colours = Math.min(3, a.channels);
  let sum = 0;
  for (let c = 0; c < colours; c++) sum += planeSsim(plane(a, c), plane(b, c), a, middles);
  return sum / colours;
}

/** Windows that fit, by their place in `blurred`'s output, whose middle is within. */
function places(within: ArrayLike<number>, width: number, height: number): number[] {
  const [w, h] = [width - 2 * RADIUS, height - 2 * RADIUS];
  const found: number[] = [];
  for (let i = 0; i < w * h; i++) {
    if (within[(Math.floor(i / w) + RADIUS) * width + (i % w) + RADIUS]) found.push(i);
  }
  return found;
}

function planeSsim(
  x: Float64Array,
  y: Float64Array,
  { width, height }: Pick<Pixels, 'width' | 'height'>,
  middles: readonly number[],
): number {
  const blur = (image: Float64Array) => blurred(image, width, height);
  const meanX = blur(x);
  const meanY = blur(y);
  const squareX = blur(product(x, x));
  const squareY = blur(product(y, y));
  const both = blur(product(x, y));
  let sum = 0;
  for (const i of middles) {
    const [mx, my] = [meanX[i]!, meanY[i]!];
    const varX = squareX[i]! - mx * mx;
    const varY = squareY[i]! - my * my;
    const cov = both[i]! - mx * my;
    sum += ((2 * mx * my + C1) * (2 * cov + C2)) / ((mx * mx + my * my + C1) * (varX + varY + C2));
  }
  return sum / middles.length;
}

function product(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = a[i]! * b[i]!;
  return out;
}

/** Gaussian blur where the whole window fits: [height, width] to [height - 10, width - 10]. Tap by tap, which engines run fastest. */
function blurred(image: Float64Array, width: number, height: number): Float64Array {
  const w = width - 2 * RADIUS;
  const h = height - 2 * RADIUS;
  const across = new Float64Array(w * height);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < KERNEL.length; k++) {
      const weight = KERNEL[k]!;
      const from = y * width + k;
      for (let x = 0; x < w; x++) across[y * w + x]! += weight * image[from + x]!;
    }
  }
  const out = new Float64Array(w * h);
  for (let k = 0; k < KERNEL.length; k++) {
    const weight = KERNEL[k]!;
    const from = k * w;
    for (let i = 0; i < out.length; i++) out[i]! += weight * across[from + i]!;
  }
  return out;
}

function gaussian(): readonly number[] {
  const weights = Array.from({ length: 2 * RADIUS + 1 }, (_, k) =>
    Math.exp(-((k - RADIUS) ** 2) / (2 * SIGMA ** 2)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function plane({ data, width, height, channels }: Pixels, channel: number): Float64Array {
  const out = new Float64Array(width * height);
  for (let i = 0; i < out.length; i++) out[i] = data[i * channels + channel]!;
  return out;
}

function checkPair(a: Pixels, b: Pixels): void {
  const fits = (p: Pixels) => p.data.length === p.width * p.height * p.channels;
  if (
    a.width !== b.width ||
    a.height !== b.height ||
    Math.min(3, a.channels) !== Math.min(3, b.channels) ||
    !fits(a) ||
    !fits(b)
  ) {
    throw new RangeError(
      `Two images must have one shape to be compared, got ${a.width} x ${a.height} x ${a.channels} and ${b.width} x ${b.height} x ${b.channels}.`,
    );
  }
}
