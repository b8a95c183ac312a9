import type { AttributeInfo, ReaderError } from '../../workers/protocol';
import { EvenhandError } from '../core/errors';
import { type Agreement, clearValue, cohenKappa, correctShares, fleissKappa } from '../core/metrics';
import type { LaneRun, RunHeader } from '../studio/run/runStore';

/** One person of one picture of a run: what a rater looks at. */
export interface Thing {
  /** "laneId/index/person". */
  readonly key: string;
  readonly laneId: string;
  readonly index: number;
  readonly seed: number;
  /** Place among the people that the reader found, from the left; 0 where it found nobody, and the whole picture is looked at. */
  readonly person: number;
  /** Head box in pixels of the picture; null: the whole of it. */
  readonly box: readonly [x: number, y: number, width: number, height: number] | null;
  readonly width: number;
  readonly height: number;
  readonly url: string | null;
  /** attribute id -> value that was read clearly. */
  readonly read: Readonly<Record<string, string>>;
}

/** A run with what can be labelled in it. */
export interface Labelled {
  readonly header: RunHeader;
  readonly things: readonly Thing[];
  readonly attributes: readonly AttributeInfo[];
}

/** What a rater can also say of a person. */
export const UNCLEAR = 'unclear';

/** By rater, then by thing, then by attribute: a value's id, or UNCLEAR. */
export type Labels = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;

/** What is labelled of a model that reads nothing itself: presentation and perception, never identity. */
export const BY_HAND: readonly AttributeInfo[] = [
  attribute('gender', 'Gender presentation (perceived)', ['woman', 'man']),
  attribute('tone', 'Skin tone (perceived)', ['light', 'tan', 'brown', 'dark']),
  attribute('age', 'Age (perceived)', ['young', 'middle', 'old']),
];

function attribute(id: string, title: string, values: readonly string[]): AttributeInfo {
  return { id, title, values: values.map((value) => ({ id: value, title: value })), unclearBelow: 0.6 };
}

/** Every person of a run, lane by lane. Pictures in which nobody was found are there as a whole. */
export function thingsOf(header: RunHeader, lanes: Readonly<Record<string, LaneRun>>): Thing[] {
  return header.request.lanes.flatMap(({ id: laneId }) =>
    (lanes[laneId]?.shots ?? []).flatMap((shot) => {
      if (!shot) return [];
      const { index, seed, width, height, png, people } = shot;
      const facts = { laneId, index, seed, width, height, url: png?.url ?? null };
      if (people.length === 0) {
        return [{ ...facts, key: `${laneId}/${index}/0`, person: 0, box: null, read: {} }];
      }
      return people.map(
        (person, k): Thing => ({
          ...{ ...facts, key: `${laneId}/${index}/${k}`, person: k, box: person.box },
          read: Object.fromEntries(
            header.attributes.flatMap(({ id, values, unclearBelow }) => {
              const probabilities = person.attributes[id];
              const clear = probabilities && clearValue(probabilities, unclearBelow);
              return clear === undefined ? [] : [[id, values[clear]!.id]];
            }),
          ),
        }),
      );
    }),
  );
}

export interface LabelledAttribute {
  readonly attribute: AttributeInfo;
  /** Things that somebody gave a value. */
  readonly labelled: number;
  /** Between raters; null with fewer than two who labelled the same things. */
  readonly betweenRaters: (Agreement & { readonly raters: number }) | null;
  /** Between what most raters say and what was read clearly; null where the two never meet. */
  readonly withReader: Agreement | null;
  /** [what most raters say][read]. */
  readonly confusion: readonly (readonly number[])[];
  /** Things per value, as most raters say. */
  readonly counts: readonly number[];
}

/** @returns one entry for each attribute. */
export function studyLabels(
  attributes: readonly AttributeInfo[],
  things: readonly Thing[],
  labels: Labels,
): LabelledAttribute[] {
  return attributes.map((one) => study(one, things, labels));
}

function study(attribute: AttributeInfo, things: readonly Thing[], labels: Labels): LabelledAttribute {
  const { id, values } = attribute;
  const labelOf = (rater: string, key: string): number => {
    const said = labels[rater]?.[key]?.[id];
    return values.findIndex((value) => value.id === said);
  };
  const raters = Object.keys(labels).filter((rater) => things.some(({ key }) => labelOf(rater, key) >= 0));
  const zeros = () => values.map(() => 0);
  const counts = zeros();
  const confusion = values.map(zeros);
  const pairs: [number, number][] = [];
  for (const { key, read } of things) {
    const said = mostSaid(raters.map((rater) => labelOf(rater, key)));
    if (said === undefined) continue;
    counts[said]! += 1;
    const seen = values.findIndex((value) => value.id === read[id]);
    if (seen < 0) continue;
    confusion[said]![seen]! += 1;
    pairs.push([said, seen]);
  }
  return {
    attribute,
    labelled: counts.reduce((sum, count) => sum + count, 0),
    betweenRaters: between(raters, things, labelOf, values.length),
    withReader: pairs.length > 0 ? cohenKappa(pairs) : null,
    confusion,
    counts,
  };
}

/** Things that all of them labelled clearly: two by Cohen's kappa, more by Fleiss'. */
function between(
  raters: readonly string[],
  things: readonly Thing[],
  labelOf: (rater: string, key: string) => number,
  K: number,
): LabelledAttribute['betweenRaters'] {
  if (raters.length < 2) return null;
  const rows = things
    .map(({ key }) => raters.map((rater) => labelOf(rater, key)))
    .filter((row) => row.every((value) => value >= 0));
  if (rows.length === 0) return null;
  const agreement =
    raters.length === 2
      ? cohenKappa(rows.map(([a, b]) => [a!, b!] as const))
      : fleissKappa(
          rows.map((row) => Array.from({ length: K }, (_, k) => row.filter((value) => value === k).length)),
        );
  return { ...agreement, raters: raters.length };
}

/** The value that more raters gave than any other; undefined for a tie, or nobody. */
function mostSaid(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) if (value >= 0) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ranked = [...counts].sort((a, b) => b[1] - a[1]);
  const [first, second] = ranked;
  return first && first[1] !== second?.[1] ? first[0] : undefined;
}

/** Fewest labelled persons of each value with which the charts are corrected: fewer say next to nothing of the reader. */
export const LEAST_OF_A_VALUE = 5;

/** The reader's error as the labels have it. @returns undefined where a value has too few, or the reader reads two values alike. */
export function errorOf({ confusion }: LabelledAttribute): ReaderError | undefined {
  const totals = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  if (totals.some((total) => total < LEAST_OF_A_VALUE) || !tellsApart(confusion, totals)) return undefined;
  return { confusion, on: `${totals.reduce((a, b) => a + b, 0)} persons of this run, labelled by hand` };
}

function tellsApart(confusion: readonly (readonly number[])[], totals: readonly number[]): boolean {
  try {
    correctShares(totals, confusion, { resamples: 1 });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const HEAD = ['run', 'lane', 'seed', 'index', 'person', 'attribute', 'value', 'rater'] as const;

/** One row for each label (RFC 4180). */
export function writeCsv(runId: string, things: readonly Thing[], labels: Labels): string {
  const rows = Object.entries(labels).flatMap(([rater, byThing]) =>
    things.flatMap(({ key, laneId, seed, index, person }) =>
      Object.entries(byThing[key] ?? {}).map(([id, value]) => [
        ...[runId, laneId, String(seed), String(index), String(person), id, value, rater],
      ]),
    ),
  );
  return `${[HEAD, ...rows].map((row) => row.map(quoted).join(',')).join('\r\n')}\r\n`;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * Labels from a file in the form of writeCsv; columns in any order, others beside them are passed over.
 * @throws EvenhandError 'metadata-invalid' naming the line; nothing is taken in then.
 */
export function readCsv(
  text: string,
  runId: string,
  things: readonly Thing[],
  attributes: readonly AttributeInfo[],
): Labels {
  const [head, ...rows] = parseCsv(text);
  const column = Object.fromEntries(HEAD.map((name) => [name, head?.indexOf(name) ?? -1]));
  const missing = HEAD.filter((name) => name !== 'seed' && column[name]! < 0);
  if (missing.length > 0) {
    throw badCsv(`its first line has no column ${missing.map((name) => `“${name}”`).join(', ')}`);
  }
  const known = new Set(things.map(({ key }) => key));
  const found: Said[] = [];
  for (const [i, row] of rows.entries()) {
    if (row.length === 1 && row[0] === '') continue;
    const line = `line ${i + 2}`;
    const at = (name: (typeof HEAD)[number]) => (row[column[name]!] ?? '').trim();
    if (at('run') !== runId) throw badCsv(`${line} is of another run (${at('run') || 'none'})`);
    const key = `${at('lane')}/${at('index')}/${at('person')}`;
    if (!known.has(key)) {
      throw badCsv(
        `${line} names person ${at('person')} of picture ${at('index')} in lane ${at('lane')}, who is not in this run`,
      );
    }
    const attribute = attributes.find(({ id }) => id === at('attribute'));
    if (!attribute) throw badCsv(`${line} labels “${at('attribute')}”, which is no attribute of this run`);
    const value = at('value');
    if (value !== UNCLEAR && !attribute.values.some(({ id }) => id === value)) {
      const all = [...attribute.values.map(({ id }) => id), UNCLEAR].join(', ');
      throw badCsv(`${line} says “${value}” of ${attribute.id}, which is none of ${all}`);
    }
    const rater = at('rater');
    if (rater === '') throw badCsv(`${line} names no rater`);
    found.push([rater, key, attribute.id, value]);
  }
  return gathered(found);
}

type Said = readonly [rater: string, key: string, attribute: string, value: string];

/** The last word counts. Maps, since a rater may be called what every object has ("constructor"). */
function gathered(all: readonly Said[]): Labels {
  const out = new Map<string, Map<string, Record<string, string>>>();
  for (const [rater, key, attribute, value] of all) {
    const byThing = out.get(rater) ?? new Map<string, Record<string, string>>();
    byThing.set(key, { ...byThing.get(key), [attribute]: value });
    out.set(rater, byThing);
  }
  return Object.fromEntries([...out].map(([rater, byThing]) => [rater, Object.fromEntries(byThing)]));
}

/** RFC 4180, with either line end, and a byte order mark or none. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let field = '';
  let inside = false;
  const put = () => {
    rows.at(-1)!.push(field);
    field = '';
  };
  const all = text.replace(/^\ufeff/, '');
  for (let i = 0; i < all.length; i++) {
    const c = all[i]!;
    if (inside) {
      if (c !== '"') field += c;
      else if (all[i + 1] === '"') field += all[++i]!;
      else inside = false;
    } else if (c === '"' && field === '') inside = true;
    else if (c === ',') put();
    else if (c === '\n') {
      put();
      rows.push([]);
    } else if (c !== '\r') field += c;
  }
  if (inside) throw badCsv('a quotation mark is never closed');
  put();
  return rows;
}

const badCsv = (why: string): EvenhandError =>
  new EvenhandError(
    'metadata-invalid',
    `The labels were not taken in: ${why}.`,
    'Save labels of this run once to see the form, put the file right, and open it again. What was labelled here is untouched.',
  );

/** Labels of two sources; where both say something, `more` counts. */
export function joinLabels(labels: Labels, more: Labels): Labels {
  return gathered(
    [labels, more].flatMap((source) =>
      Object.entries(source).flatMap(([rater, byThing]) =>
        Object.entries(byThing).flatMap(([key, said]) =>
          Object.entries(said).map(([attribute, value]): Said => [rater, key, attribute, value]),
        ),
      ),
    ),
  );
}
