/**
 * Graph files of fewer bytes have their int8 weights unpacked to float32 once, when they are opened, which makes every run quicker. Larger
 * ones keep them and unpack a tensor at a time in each run: Stable Diffusion's UNet takes 0.9 GB instead of 3.4, which wasm could not hold.
 */
export const UNPACKED_BELOW = 400_000_000;
