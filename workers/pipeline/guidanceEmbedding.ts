/** Longest period of the sines, as in the timestep embedding of transformers. */
const PERIOD = 10_000;

/**
 * The guidance scale as a latent consistency model's UNet takes it: sines, then cosines, of 1000 (scale - 1) at falling frequencies.
 * diffusers: LatentConsistencyModelPipeline.get_guidance_scale_embedding (Luo et al. 2023, section 4.2).
 * @param width 4 or more. @returns `width` numbers in -1..1; the last is 0 where the width is odd.
 */
export function guidanceEmbedding(scale: number, width: number): Float32Array {
  const half = Math.floor(width / 2);
  const row = new Float32Array(width);
  for (let i = 0; i < half; i++) {
    const angle = 1000 * (scale - 1) * PERIOD ** (-i / (half - 1));
    row[i] = Math.sin(angle);
    row[half + i] = Math.cos(angle);
  }
  return row;
}
