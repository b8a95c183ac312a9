import type { ReaderError } from '../../workers/protocol';
import { type Corrected, correctShares } from '../core/metrics';
import type { Summary } from './summary';

/** A percentile bootstrap for a chart, not for a report: half the usual number. */
const RESAMPLES = 1000;

/**
 * Shares as they would be without the reader's measured mistakes (correctShares).
 * @returns null where nobody was read, the test had nobody of one value, or the mistakes cannot be undone.
 */
export function correctedOf({ rows, n }: Summary, error: ReaderError | undefined): Corrected | null {
  if (!error || n === 0 || error.confusion.length !== rows.length) return null;
  try {
    return correctShares(
      rows.map(({ count }) => count),
      error.confusion,
      { resamples: RESAMPLES },
    );
  } catch (cause) {
    // The one thing that can be wrong here: a test that says nothing of one of the values.
    if (cause instanceof RangeError) return null;
    throw cause;
  }
}
