import type { PreparedMethod } from './method';

/** A method that leaves every image as the base model draws it, bit for bit. @param unchanged why, in a sentence that is shown. */
export function noHooks(unchanged: string): PreparedMethod {
  return { image: () => ({ trace: () => ({ notes: { unchanged } }) }) };
}
