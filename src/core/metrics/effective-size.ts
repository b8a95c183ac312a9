/**
 * How many independent persons the persons of several images are worth: n / (1 + (m - 1) rho) (Kish; methods 7.4), with
 * m = sum m_i^2 / sum m_i where images differ in size.
 * @param sizes persons read per image. @param rho intraclass correlation, -1 .. 1; below 0 where a method balances each image.
 * @returns 0 .. ; n for rho = 0, the number of images for rho = 1 and equal sizes. 0 for no persons.
 * @throws RangeError if rho is too negative for images of this size.
 */
export function effectiveSize(sizes: readonly number[], rho: number): number {
  const n = sizes.reduce((sum, m) => sum + m, 0);
  if (n === 0) return 0;
  const m = sizes.reduce((sum, size) => sum + size * size, 0) / n;
  const inflation = 1 + (m - 1) * rho;
  if (!(inflation > 0 && rho <= 1))
    throw new RangeError(`A correlation of ${rho} is impossible in images of ${m} persons.`);
  return n / inflation;
}

/**
 * Intraclass correlation of a value among the persons of an image, by one-way analysis of variance (Fleiss 2003, chapter 15).
 * @param images persons read (n) and how many of them have the value (hits), per image.
 * @returns about -1/(m - 1) .. 1; undefined where it cannot be told (no image with 2 persons, fewer than 2 images, or all alike).
 */
export function intraclassRho(
  images: readonly { readonly hits: number; readonly n: number }[],
): number | undefined {
  const read = images.filter(({ n }) => n > 0);
  const persons = read.reduce((sum, { n }) => sum + n, 0);
  if (read.length < 2 || persons === read.length) return undefined;
  const share = read.reduce((sum, { hits }) => sum + hits, 0) / persons;
  const between = read.reduce((sum, { hits, n }) => sum + n * (hits / n - share) ** 2, 0) / (read.length - 1);
  const within = read.reduce((sum, { hits, n }) => sum + hits * (1 - hits / n), 0) / (persons - read.length);
  const typical = (persons - read.reduce((sum, { n }) => sum + n * n, 0) / persons) / (read.length - 1);
  const total = between + (typical - 1) * within;
  return total === 0 ? undefined : (between - within) / total;
}
