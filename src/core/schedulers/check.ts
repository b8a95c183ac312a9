/** @throws RangeError unless i is a whole number in 0 .. last. */
export function checkStep(i: number, last: number): void {
  if (!Number.isInteger(i) || i < 0 || i > last) {
    throw new RangeError(`The schedule has steps 0..${last}, got step ${i}.`);
  }
}

/** @throws RangeError unless both arrays are equally long. */
export function checkLengths(a: Float32Array, b: Float32Array): void {
  if (a.length !== b.length) {
    throw new RangeError(
      `Two arrays of a scheduler step must be equally long, got ${a.length} and ${b.length}.`,
    );
  }
}
