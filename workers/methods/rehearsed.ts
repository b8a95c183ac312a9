import type { Tensor } from '../../src/core/tensor';

/** Seeds of rehearsals: far from those that people type, so that no picture of a run is one that was learned from. */
export function rehearsalSeeds(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => 2 ** 31 + i);
}

/** A mean of tensors of one shape for each step of a run. */
export interface StepMeans {
  add(step: number, tensor: Tensor): void;
  /** @throws RangeError for a step that nothing was added to. */
  mean(step: number): Float64Array;
}

/** Sums in double precision: the order of a batch then hardly matters. */
export function createStepMeans(): StepMeans {
  const sums = new Map<number, { sum: Float64Array; count: number }>();
  return {
    add(step, { data }) {
      const entry = sums.get(step) ?? { sum: new Float64Array(data.length), count: 0 };
      data.forEach((value, i) => {
        entry.sum[i]! += value;
      });
      entry.count += 1;
      sums.set(step, entry);
    },
    mean(step) {
      const entry = sums.get(step);
      if (!entry) throw new RangeError(`Nothing was measured at step ${step}.`);
      return entry.sum.map((value) => value / entry.count);
    },
  };
}
