import { CLEAR, checkReading, clearValue, type Probabilities } from './counts';

export interface CrossTable {
  /** [A][B]: persons clear in both attributes. */
  readonly counts: readonly (readonly number[])[];
  /** The same row by row, length A * B: what the measures take for an intersection. */
  readonly cells: readonly number[];
  readonly rowTotals: readonly number[];
  readonly columnTotals: readonly number[];
  /** Persons clear in both. */
  readonly n: number;
  /** Persons unclear in one or both. */
  readonly unclear: number;
}

/**
 * Cross table of two attributes of the same persons, for instance gender presentation by skin tone.
 * @param rows readings of the first attribute, each of length A. @param columns of the second, length B, in the same order of persons.
 * @param confidence 0 .. 1, for both.
 * @throws RangeError if the lists differ in length, or a reading does not have A or B probabilities.
 */
export function crossTable(
  rows: readonly Probabilities[],
  columns: readonly Probabilities[],
  A: number,
  B: number,
  confidence = CLEAR,
): CrossTable {
  if (rows.length !== columns.length) {
    throw new RangeError(
      `A cross table needs both readings of each person, got ${rows.length} and ${columns.length}.`,
    );
  }
  const counts = Array.from({ length: A }, () => new Array<number>(B).fill(0));
  let unclear = 0;
  rows.forEach((row, i) => {
    const column = columns[i]!;
    checkReading(row, A);
    checkReading(column, B);
    const [a, b] = [clearValue(row, confidence), clearValue(column, confidence)];
    if (a === undefined || b === undefined) unclear += 1;
    else counts[a]![b]! += 1;
  });
  return {
    counts,
    cells: counts.flat(),
    rowTotals: counts.map((row) => row.reduce((sum, x) => sum + x, 0)),
    columnTotals: Array.from({ length: B }, (_, b) => counts.reduce((sum, row) => sum + row[b]!, 0)),
    n: rows.length - unclear,
    unclear,
  };
}
