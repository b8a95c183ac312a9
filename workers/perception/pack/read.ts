import type { Tensor } from '../../../src/core/tensor';

/** Probabilities of the values of each attribute that a reader knows, from a person's cut. */
export type ReadCut = (cut: Tensor) => Promise<Readonly<Record<string, readonly number[]>>>;
