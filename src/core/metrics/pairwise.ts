import { sharesOf } from './counts';
import { groupBy } from './group';

/**
 * Pairwise bias: the mean of |f_i - f_j| over all pairs of values (Shen et al. 2024, code; methods 7.2).
 * @param counts length K >= 2, persons per value. @returns 0 (equal) .. 2/K (one value only).
 * @throws RangeError if all counts are 0, or there are fewer than 2 values.
 */
export function pairwiseBias(counts: readonly number[]): number {
  const K = counts.length;
  if (K < 2) throw new RangeError(`Pairwise bias needs at least 2 values, got ${K}.`);
  // Sorted, |f_i - f_j| needs no absolute value: the k-th smallest is the larger one k times, the smaller one K-1-k times.
  const sorted = sharesOf(counts).sort((a, b) => a - b);
  const sum = sorted.reduce((total, share, k) => total + (2 * k - (K - 1)) * share, 0);
  return Math.max(0, (2 * sum) / (K * (K - 1)));
}

/** What was read on one image: persons per value, and the prompt it came from. */
export interface ImageCounts {
  readonly prompt: string;
  /** Length K, the same for all images; all 0 if nobody could be read. */
  readonly counts: readonly number[];
}

/** Bias-W: pairwise bias of all persons pooled (methods 4.4 and 7.2). @returns 0 .. 2/K, undefined if nobody was read. */
export function biasW(images: readonly ImageCounts[]): number | undefined {
  return meanBias([pool(images)], 1);
}

/** Bias-P: pairwise bias per prompt, averaged over prompts with a reading. @returns 0 .. 2/K, undefined if there are none. */
export function biasP(images: readonly ImageCounts[]): number | undefined {
  const prompts = groupBy(images, (image) => image.prompt);
  return meanBias(Array.from(prompts.values(), pool), 1);
}

/**
 * Bias-I: pairwise bias per image, averaged over images with at least 2 persons read; what methods that act person by person lower.
 * @returns 0 .. 2/K, undefined if there is no such image.
 */
export function biasI(images: readonly ImageCounts[]): number | undefined {
  return meanBias(
    images.map((image) => image.counts),
    2,
  );
}

function pool(images: readonly ImageCounts[]): number[] {
  const K = images[0]?.counts.length ?? 0;
  return Array.from({ length: K }, (_, k) => images.reduce((sum, { counts }) => sum + counts[k]!, 0));
}

function meanBias(groups: readonly (readonly number[])[], least: number): number | undefined {
  const values = groups
    .filter((counts) => counts.reduce((sum, x) => sum + x, 0) >= least)
    .map((counts) => pairwiseBias(counts));
  return values.length === 0 ? undefined : values.reduce((sum, v) => sum + v, 0) / values.length;
}
