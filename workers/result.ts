import { reportOf } from '../src/core/errors';
import type { Result } from './protocol';

/** What a worker answers: class identity does not survive the way to the page, so errors go as what they say. Never rejects. */
export async function asResult<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: reportOf(error) };
  }
}
