/** A dense row-major array. The small maths of the loop (latents, guidance, masks) runs on these, on the CPU. */
export interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** Number of elements of a shape; 1 for a scalar. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** @throws RangeError if the data does not fill the shape. */
export function tensor(data: Float32Array, dims: readonly number[]): Tensor {
  if (data.length !== sizeOf(dims)) {
    throw new RangeError(
      `A tensor of shape [${dims.join(', ')}] needs ${sizeOf(dims)} numbers, got ${data.length}.`,
    );
  }
  return { data, dims };
}
