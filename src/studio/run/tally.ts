import type { AttributeInfo, PersonReading } from '../../../workers/protocol';
import { clearValue } from '../../core/metrics';

/**
 * What is counted of one lane while images arrive. Adding an image costs the same whether it is the first or the
 * five hundredth; the charts read only this. Nothing is dropped in silence: an unclear reading and an image without
 * a person have counts of their own.
 */
export interface Tally {
  readonly images: number;
  readonly imagesWithPeople: number;
  readonly persons: number;
  readonly attributes: Readonly<Record<string, AttributeTally>>;
  /** "a×b" with a before b in the model's order -> persons by value of a (row) and of b (column). */
  readonly crosses: Readonly<Record<string, readonly (readonly number[])[]>>;
}

export interface AttributeTally {
  /** Persons per value, clear readings only. */
  readonly counts: readonly number[];
  readonly unclear: number;
  /** Sum of the probabilities over all persons, clear or not: the soft shares are this over `persons`. */
  readonly soft: readonly number[];
  /** Persons of this lane whose reading has no such attribute. */
  readonly missing: number;
  /** How people share images; with these the intervals can allow for people of one image being alike. */
  readonly clusters: Clusters;
}

/** Over the images with at least one clear reading, x persons of a value among the m clear persons of an image. */
export interface Clusters {
  readonly images: number;
  /** Sum of x * x, per value. */
  readonly xx: readonly number[];
  /** Sum of x * m, per value. */
  readonly xm: readonly number[];
  /** Sum of m * m. */
  readonly mm: number;
}

const zeros = (n: number): number[] => new Array<number>(n).fill(0);
export const crossKey = (a: string, b: string): string => `${a}×${b}`;

export function emptyTally(attributes: readonly AttributeInfo[]): Tally {
  const crosses = attributes.flatMap((a, i) =>
    attributes
      .slice(i + 1)
      .map((b) => [crossKey(a.id, b.id), a.values.map(() => zeros(b.values.length))] as const),
  );
  return {
    images: 0,
    imagesWithPeople: 0,
    persons: 0,
    attributes: Object.fromEntries(
      attributes.map(({ id, values }) => [
        id,
        {
          counts: zeros(values.length),
          soft: zeros(values.length),
          unclear: 0,
          missing: 0,
          clusters: noClusters(values.length),
        },
      ]),
    ),
    crosses: Object.fromEntries(crosses),
  };
}

/** The tally with one more image. */
export function addImage(
  tally: Tally,
  people: readonly PersonReading[],
  attributes: readonly AttributeInfo[],
): Tally {
  const clear = people.map((person) =>
    attributes.map(({ id, unclearBelow }) => {
      const probabilities = person.attributes[id];
      return probabilities ? (clearValue(probabilities, unclearBelow) ?? null) : null;
    }),
  );
  return {
    images: tally.images + 1,
    imagesWithPeople: tally.imagesWithPeople + (people.length > 0 ? 1 : 0),
    persons: tally.persons + people.length,
    attributes: Object.fromEntries(
      attributes.map((attribute, at) => [
        attribute.id,
        addReadings(
          tally.attributes[attribute.id]!,
          people.map((person) => person.attributes[attribute.id]),
          clear.map((values) => values[at] ?? null),
        ),
      ]),
    ),
    crosses: people.length === 0 ? tally.crosses : addCrosses(tally.crosses, clear, attributes),
  };
}

function addReadings(
  before: AttributeTally,
  probabilities: readonly (readonly number[] | undefined)[],
  clear: readonly (number | null)[],
): AttributeTally {
  if (probabilities.length === 0) return before;
  const image = zeros(before.counts.length);
  const soft = [...before.soft];
  let { unclear, missing } = before;
  probabilities.forEach((row, i) => {
    if (!row) {
      missing++;
      return;
    }
    for (let k = 0; k < soft.length; k++) soft[k]! += row[k] ?? 0;
    const value = clear[i];
    if (value === null || value === undefined) unclear++;
    else image[value]!++;
  });
  return {
    counts: before.counts.map((count, k) => count + image[k]!),
    soft,
    unclear,
    missing,
    clusters: addCluster(before.clusters, image),
  };
}

const noClusters = (values: number): Clusters => ({ images: 0, xx: zeros(values), xm: zeros(values), mm: 0 });

function addCluster(before: Clusters, image: readonly number[]): Clusters {
  const m = image.reduce((sum, x) => sum + x, 0);
  if (m === 0) return before;
  return {
    images: before.images + 1,
    xx: before.xx.map((sum, k) => sum + image[k]! ** 2),
    xm: before.xm.map((sum, k) => sum + image[k]! * m),
    mm: before.mm + m * m,
  };
}

function addCrosses(
  before: Tally['crosses'],
  clear: readonly (readonly (number | null)[])[],
  attributes: readonly AttributeInfo[],
): Tally['crosses'] {
  const after: Record<string, readonly (readonly number[])[]> = { ...before };
  attributes.forEach((a, i) => {
    attributes.slice(i + 1).forEach((b, offset) => {
      const key = crossKey(a.id, b.id);
      const j = i + 1 + offset;
      for (const values of clear) {
        const row = values[i] ?? null;
        const column = values[j] ?? null;
        if (row === null || column === null) continue;
        after[key] = after[key]!.map((cells, r) =>
          r === row ? cells.map((n, c) => (c === column ? n + 1 : n)) : cells,
        );
      }
    });
  });
  return after;
}

/** The cross table of two attributes in either order: rows of `a`, columns of `b`. */
export function crossOf(tally: Tally, a: string, b: string): readonly (readonly number[])[] | null {
  const straight = tally.crosses[crossKey(a, b)];
  if (straight) return straight;
  const turned = tally.crosses[crossKey(b, a)];
  return turned ? (turned[0]?.map((_, column) => turned.map((row) => row[column]!)) ?? null) : null;
}
