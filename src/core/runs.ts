/**
 * A yes/no mask as lengths of its runs, row by row, the first run being of "no": [0, 2, 2] is two yes and two no. A mask of 64 x 64
 * places with one person in it is some 80 numbers, short enough for the metadata of a picture.
 */
export function toRuns(mask: ArrayLike<number | boolean>): number[] {
  const runs: number[] = [];
  let current = false;
  let length = 0;
  for (let i = 0; i < mask.length; i++) {
    if (Boolean(mask[i]) === current) {
      length++;
      continue;
    }
    runs.push(length);
    current = !current;
    length = 1;
  }
  runs.push(length);
  return runs;
}

/** The mask again, 0 or 1 a place. @param length places of the mask; what the runs leave out is 0. */
export function fromRuns(runs: readonly number[], length: number): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(length);
  let at = 0;
  runs.forEach((run, i) => {
    if (i % 2 === 1) mask.fill(1, at, at + run);
    at += run;
  });
  return mask;
}
