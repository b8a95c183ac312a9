/** The first item that stood before already; undefined where all differ. */
export const firstRepeated = <T>(items: readonly T[]): T | undefined =>
  items.find((item, i) => items.indexOf(item) !== i);
