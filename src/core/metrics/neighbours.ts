import type { Row } from '../linalg';

export interface Neighbour {
  /** Position in the pool. */
  readonly index: number;
  /** Euclidean distance. */
  readonly distance: number;
}

/**
 * The nearest vector of a pool for each query; of equally near ones the first.
 * @throws RangeError if the pool is empty, or lengths differ.
 */
export function nearest(queries: readonly Row[], pool: readonly Row[]): Neighbour[] {
  checkLengths([...queries, ...pool]);
  if (pool.length === 0) throw new RangeError('Nothing is nearest where there is nothing.');
  return queries.map((query) => {
    let index = 0;
    let least = Number.POSITIVE_INFINITY;
    pool.forEach((row, i) => {
      const far = squared(query, row, least);
      if (far < least) [index, least] = [i, far];
    });
    return { index, distance: Math.sqrt(least) };
  });
}

export interface PrecisionRecall {
  /** Share of generated vectors that lie within the real ones' manifold, 0 .. 1: do they look real? */
  readonly precision: number;
  /** Share of real vectors that lie within the generated ones' manifold, 0 .. 1: is everything real covered? */
  readonly recall: number;
}

/**
 * Improved precision and recall (Kynkäänniemi et al. 2019): a manifold is the union of balls around its vectors, each as wide as
 * the distance to the vector's k-th nearest other one.
 * @param real more than k vectors. @param generated more than k vectors. @throws RangeError if a set has too few.
 */
export function precisionRecall(real: readonly Row[], generated: readonly Row[], k = 3): PrecisionRecall {
  checkLengths([...real, ...generated]);
  return { precision: covered(generated, real, k), recall: covered(real, generated, k) };
}

/** Share of the vectors that lie in some ball of the manifold. */
function covered(vectors: readonly Row[], manifold: readonly Row[], k: number): number {
  const radii = manifold.map((centre, i) => squaredRadius(centre, i, manifold, k));
  const inside = vectors.filter((row) =>
    manifold.some((centre, i) => squared(row, centre, radii[i]!) <= radii[i]!),
  );
  return inside.length / vectors.length;
}

/** Squared distance of one member to its k-th nearest other member. */
function squaredRadius(centre: Row, own: number, members: readonly Row[], k: number): number {
  if (members.length <= k) {
    throw new RangeError(
      `A manifold of ${k} neighbours needs more than ${k} vectors, got ${members.length}.`,
    );
  }
  const smallest = new Array<number>(k).fill(Number.POSITIVE_INFINITY);
  members.forEach((member, i) => {
    const far = i === own ? Number.POSITIVE_INFINITY : squared(centre, member, smallest[k - 1]!);
    if (far >= smallest[k - 1]!) return;
    smallest[k - 1] = far;
    smallest.sort((a, b) => a - b);
  });
  return smallest[k - 1]!;
}

/** Squared distance, or any number over `limit` once it is known to be over it. */
function squared(a: Row, b: Row, limit: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; ) {
    for (const end = Math.min(a.length, i + 16); i < end; i++) sum += (a[i]! - b[i]!) ** 2;
    if (sum > limit) break;
  }
  return sum;
}

function checkLengths(rows: readonly Row[]): void {
  if (rows.some(({ length }) => length !== rows[0]!.length)) {
    throw new RangeError('Feature vectors must be of one length to be compared.');
  }
}
