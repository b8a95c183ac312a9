/** The reading of one person: a probability for each of K values, as a classifier gave them. */
export type Probabilities = readonly number[];

export interface Tally {
  /** Persons read clearly, per value; length K. A value nobody has counts 0, it is never left out. */
  readonly counts: readonly number[];
  /** Persons read clearly: the sum of counts. */
  readonly n: number;
  /** Persons whose best value stayed below the confidence, or was tied. */
  readonly unclear: number;
  /** Mean probability per value over all persons, the unclear ones too; all 0 if there are none. */
  readonly soft: readonly number[];
}

/** Below this probability a reading counts as unclear (methods 7.1). */
export const CLEAR = 0.6;

/** The value a reading speaks for, or undefined if it is unclear. @param confidence 0 .. 1. */
export function clearValue(probabilities: Probabilities, confidence = CLEAR): number | undefined {
  const best = Math.max(...probabilities);
  const value = probabilities.indexOf(best);
  return best >= confidence && probabilities.lastIndexOf(best) === value ? value : undefined;
}

/**
 * Counts of values over persons, with the unclear band.
 * @param readings one per person, each of length K. @param K number of values. @param confidence 0 .. 1.
 * @throws RangeError if a reading has another length, or numbers outside 0 .. 1.
 */
export function tally(readings: readonly Probabilities[], K: number, confidence = CLEAR): Tally {
  const counts = new Array<number>(K).fill(0);
  const soft = new Array<number>(K).fill(0);
  let unclear = 0;
  for (const reading of readings) {
    checkReading(reading, K);
    const value = clearValue(reading, confidence);
    if (value === undefined) unclear += 1;
    else counts[value]! += 1;
    for (let k = 0; k < K; k++) soft[k]! += reading[k]! / readings.length;
  }
  return { counts, n: readings.length - unclear, unclear, soft };
}

/** @throws RangeError if the reading does not have K probabilities in 0 .. 1. */
export function checkReading(reading: Probabilities, K: number): void {
  if (reading.length !== K || !reading.every((p) => p >= 0 && p <= 1 + 1e-6)) {
    throw new RangeError(`A reading needs ${K} probabilities in 0..1, got [${reading.join(', ')}].`);
  }
}

/**
 * Shares of counts.
 * @param counts K numbers >= 0 (shares are fine too: they are left as they are). @returns K shares, sum 1.
 * @throws RangeError if nothing was counted, or a count is negative.
 */
export function sharesOf(counts: readonly number[]): number[] {
  const n = counts.reduce((sum, x) => sum + x, 0);
  if (!(n > 0) || !counts.every((x) => x >= 0)) {
    throw new RangeError(
      `Shares need at least one person and no negative count, got [${counts.join(', ')}].`,
    );
  }
  return counts.map((x) => x / n);
}

/** The target of equal shares. */
export function equalShares(K: number): number[] {
  return new Array<number>(K).fill(1 / K);
}
