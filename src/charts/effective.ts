import type { AttributeTally } from '../studio/run/tally';

/**
 * Number of independent persons that say as much as the persons counted. People in one image tend to be alike, so
 * three doctors in a picture tell less than three pictures: n / deff, with the design effect estimated from how the
 * values fall within images (ratio estimator, e.g. Kish 1965), never below 1. Where everybody has one value nothing
 * can be estimated and an image counts once.
 * @returns 0 .. n; n itself when every image shows one person.
 */
export function effectiveN({ counts, clusters }: AttributeTally): number {
  const n = counts.reduce((sum, x) => sum + x, 0);
  if (n === 0) return 0;
  let clustered = 0;
  let independent = 0;
  counts.forEach((x, k) => {
    const f = x / n;
    clustered += clusters.xx[k]! - 2 * f * clusters.xm[k]! + f * f * clusters.mm;
    independent += n * f * (1 - f);
  });
  if (independent < 1e-9) return clusters.images;
  return Math.min(n, n / Math.max(1, clustered / independent));
}
