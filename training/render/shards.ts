/**
 * The files of a data set. One shard is three files with the same number (first seed / shard size):
 *   images-XXXXX.bin     uint8 RGB, count x size x size x 3, row by row
 *   records-XXXXX.jsonl  one line an image: seed, caption, scene, people (labels and head boxes in pixels of the image)
 *   shard-XXXXX.json     what made it; written last, so that a shard without it is not complete
 * meta.json sums up all complete shards of the folder.
 */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ShardInfo {
  readonly rendererHash: string;
  readonly balanced: boolean;
  readonly size: number;
  readonly start: number;
  readonly count: number;
  /** Captions that state each attribute, and captions in all. */
  readonly stated: Readonly<Record<string, number>>;
  readonly longestCaption: number;
  /** Pictures with 1, 2, 3 and 4 people. */
  readonly people: readonly number[];
}

const numbered = (name: string, index: number, ending: string): string =>
  `${name}-${String(index).padStart(5, '0')}.${ending}`;

/** Writes under another name first, so that a file that exists is whole. */
function writeWhole(file: string, content: string | Uint8Array): void {
  const partial = `${file}.${process.pid}.part`;
  writeFileSync(partial, content);
  renameSync(partial, file);
}

export function writeShard(
  dir: string,
  index: number,
  images: Uint8Array,
  records: string,
  info: ShardInfo,
): void {
  writeWhole(join(dir, numbered('images', index, 'bin')), images);
  writeWhole(join(dir, numbered('records', index, 'jsonl')), records);
  writeWhole(join(dir, numbered('shard', index, 'json')), JSON.stringify(info));
}

/**
 * Whether the shard is there already, made by this renderer with these options.
 * @throws Error if it was made by another renderer or with other options: mixing them would spoil the data set.
 */
export function isComplete(
  dir: string,
  index: number,
  wanted: Omit<ShardInfo, 'stated' | 'longestCaption' | 'people'>,
): boolean {
  const file = join(dir, numbered('shard', index, 'json'));
  if (!existsSync(file)) return false;
  const found = JSON.parse(readFileSync(file, 'utf8')) as ShardInfo;
  if (found.rendererHash !== wanted.rendererHash) {
    throw new Error(
      `${file} was made by renderer ${found.rendererHash}, but src/core/world is now ${wanted.rendererHash}: ` +
        'the drawn world has changed. Delete the folder and render it again, or choose another --out.',
    );
  }
  if (found.size !== wanted.size || found.balanced !== wanted.balanced || found.start !== wanted.start) {
    throw new Error(`${file} was made with other options (size, shard or --balanced). Choose another --out.`);
  }
  return found.count === wanted.count;
}

/** Rebuilds meta.json from the complete shards of the folder. Safe when several processes do it. */
export function writeMeta(dir: string): void {
  const shards = readdirSync(dir)
    .filter((name) => /^shard-\d+\.json$/.test(name))
    .sort()
    .map((name) => ({ name, info: JSON.parse(readFileSync(join(dir, name), 'utf8')) as ShardInfo }));
  const infos = shards.map(({ info }) => info);
  const stated: Record<string, number> = {};
  for (const info of infos) {
    for (const [key, value] of Object.entries(info.stated)) stated[key] = (stated[key] ?? 0) + value;
  }
  const meta = {
    rendererHash: infos[0]?.rendererHash ?? null,
    balanced: infos[0]?.balanced ?? null,
    size: infos[0]?.size ?? null,
    count: infos.reduce((sum, info) => sum + info.count, 0),
    seeds: {
      first: infos[0]?.start ?? null,
      end: Math.max(0, ...infos.map((info) => info.start + info.count)),
    },
    captions: { stated, longestWords: Math.max(0, ...infos.map((info) => info.longestCaption)) },
    people: [0, 1, 2, 3].map((i) => infos.reduce((sum, info) => sum + (info.people[i] ?? 0), 0)),
    shards: shards.map(({ name, info }) => ({
      index: Number(name.slice(6, -5)),
      start: info.start,
      count: info.count,
    })),
  };
  writeWhole(join(dir, 'meta.json'), `${JSON.stringify(meta, null, 1)}\n`);
}
