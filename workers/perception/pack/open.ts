import { sha256 } from 'hash-wasm';
import { EvenhandError } from '../../../src/core/errors';
import { MONK, skinTone } from '../../../src/core/metrics/tone';
import { firstRepeated } from '../../../src/core/repeated';
import { MONK_OF_GROUP, TONE_GROUPS } from '../../../src/core/world/types';
import { withStandardOperators } from '../../onnx/contrib';
import { readModel } from '../../onnx/model';
import * as config from '../../pipeline/config';
import { createPromptTokenizer } from '../../pipeline/tokenizer';
import { readTokenizerFile } from '../../pipeline/tokenizerFile';
import type { AttributeInfo, LoadProgress } from '../../protocol';
import type { Graph, Runtime } from '../../runtime/runtime';
import type { Box } from '../peaks';
import type { Reader } from '../reader';
import { readByClassifier } from './classifier';
import { type Encode, readByClip } from './clip';
import { cutOut, squareAround } from './cut';
import { findBoxes, findWhole } from './finder';
import { invalidPack, PACK, type PackManifest, type PackReader, readPackManifest } from './manifest';
import type { ReadCut } from './read';
import type { PackInfo } from './types';

/** The files of a pack, wherever they are. */
export interface PackSource {
  /** For messages: the folder's name. */
  readonly name: string;
  has(path: string): boolean;
  /** @throws when it cannot be read. */
  read(path: string): Promise<Uint8Array>;
}

/** A pack that is open and reads pictures. */
export interface Pack {
  readonly info: PackInfo;
  readonly reader: Reader;
  readonly attributes: readonly AttributeInfo[];
  close(): Promise<void>;
}

type Part = (person: {
  readonly picture: Parameters<Reader['read']>[0];
  readonly box: Box;
}) => ReturnType<ReadCut>;

/** What skin tone is called in charts and targets, in this project's worlds and in packs. */
const TONE = { id: 'tone', title: 'Skin tone (of the picture)' } as const;
const TONE_TITLES = { light: 'light', tan: 'tan', brown: 'brown', dark: 'dark' } as const;

/**
 * Opens a pack on the runtime that the model runs on. All of it or nothing: what was opened before a failure is closed again.
 * @throws EvenhandError 'pack-invalid' naming the file and what is wrong in it, 'model-unsupported' for a graph that this device cannot run.
 */
export async function openPack(
  source: PackSource,
  runtime: Runtime,
  onProgress: (progress: LoadProgress) => void,
): Promise<Pack> {
  if (!source.has(PACK)) {
    throw new EvenhandError(
      'pack-invalid',
      `The folder ${source.name} holds no ${PACK}, so it is no perception pack.`,
      'Choose the folder that holds it; docs/perception.md says how one is made, for a CLIP model in a few lines.',
    );
  }
  const bytes = await readFile(source, PACK);
  const manifest = readPackManifest(bytes);
  const bare = manifest.readers.flatMap(attributesOf);
  check(manifest, bare);
  const attributes = bare.map((attribute) => {
    const error = manifest.error[attribute.id];
    return error ? { ...attribute, error } : attribute;
  });

  const graphs: Graph[] = [];
  const paths = graphsOf(manifest);
  const opened = new Map<string, Promise<Graph>>();
  const open = (path: string): Promise<Graph> => {
    const known = opened.get(path);
    if (known) return known;
    const opening = openGraph(source, runtime, path, () => {
      onProgress({ stage: 'start', file: path, loadedBytes: graphs.length, totalBytes: paths.length });
    }).then((graph) => {
      graphs.push(graph);
      return graph;
    });
    opened.set(path, opening);
    return opening;
  };
  const close = async () => {
    for (const graph of graphs) await graph.close();
  };
  try {
    const { finder } = manifest;
    const find = finder.kind === 'whole' ? findWhole : findBoxes(await open(finder.graph), finder);
    const parts: Part[] = [];
    for (const reader of manifest.readers) parts.push(await partOf(reader, source, open));
    const reader: Reader = {
      async read(picture) {
        const people = [];
        for (const { box, score } of await find(picture)) {
          const read: Record<string, readonly number[]> = {};
          for (const part of parts) Object.assign(read, await part({ picture, box }));
          people.push({ box, score, attributes: read });
        }
        return people;
      },
    };
    const { id, title, licence, source: from, trainedOn, limits, error } = manifest;
    const info: PackInfo = {
      ...{ id, title, licence, trainedOn, limits, error, hash: await sha256(bytes) },
      ...(from !== undefined && { source: from }),
    };
    return { info, reader, attributes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function partOf(
  reader: PackReader,
  source: PackSource,
  open: (path: string) => Promise<Graph>,
): Promise<Part> {
  if (reader.kind === 'skin-tone') {
    return async ({ picture: { pixels, width, height }, box }) =>
      toneOf(skinTone({ data: pixels, width, height, channels: 4 }, box)?.monk);
  }
  const { image } = reader;
  const read =
    reader.kind === 'clip'
      ? await readByClip(
          reader,
          { image: await open(image.graph), text: await open(reader.text.graph) },
          await encoderOf(source, reader.text.tokenizer),
        )
      : readByClassifier(reader, await open(image.graph));
  const cut = { ...image, width: image.size, height: image.size };
  return ({ picture, box }) => read(cutOut(picture, squareAround(box, image.margin, picture), cut));
}

/** @param monk 1..10, or undefined where there is too little skin: every tone is then as likely. */
function toneOf(monk: number | undefined): Readonly<Record<string, readonly number[]>> {
  const shares = TONE_GROUPS.map((group) => {
    if (monk === undefined) return 1 / TONE_GROUPS.length;
    return MONK_OF_GROUP[group].some((tone) => tone === monk) ? 1 : 0;
  });
  return { [TONE.id]: shares };
}

function attributesOf(reader: PackReader): AttributeInfo[] {
  if (reader.kind === 'skin-tone') {
    const values = TONE_GROUPS.map((id) => ({
      id,
      title: `${TONE_TITLES[id]} (Monk ${MONK_OF_GROUP[id][0]} to ${MONK_OF_GROUP[id].at(-1)} of ${MONK.length})`,
    }));
    return [{ ...TONE, values, unclearBelow: 0.6 }];
  }
  return reader.attributes.map(({ id, title, values, unclearBelow }) => ({
    ...{ id, title, unclearBelow },
    values: values.map((value) => ({ id: value.id, title: value.title })),
  }));
}

/** What a schema cannot say. */
function check(manifest: PackManifest, attributes: readonly AttributeInfo[]): void {
  const twice = firstRepeated(attributes.map(({ id }) => id));
  if (twice !== undefined) throw invalidPack(PACK, `two readers read the attribute "${twice}"`);
  for (const { id, values } of attributes) {
    const again = firstRepeated(values.map((value) => value.id));
    if (again !== undefined) throw invalidPack(PACK, `the attribute "${id}" has the value "${again}" twice`);
  }
  for (const [id, { confusion }] of Object.entries(manifest.error)) {
    const count = attributes.find((attribute) => attribute.id === id)?.values.length;
    if (count === undefined) throw invalidPack(PACK, `it states an error of "${id}", which no reader reads`);
    if (confusion.length !== count || confusion.some((row) => row.length !== count)) {
      throw invalidPack(
        PACK,
        `the confusion of "${id}" is not of ${count} rows and columns, one for each value`,
      );
    }
  }
}

function graphsOf({ finder, readers }: PackManifest): string[] {
  const paths = readers.flatMap((reader) => {
    if (reader.kind === 'skin-tone') return [];
    return reader.kind === 'clip' ? [reader.image.graph, reader.text.graph] : [reader.image.graph];
  });
  return [...new Set(finder.kind === 'boxes' ? [finder.graph, ...paths] : paths)];
}

async function openGraph(
  source: PackSource,
  runtime: Runtime,
  path: string,
  onRead: () => void,
): Promise<Graph> {
  const bytes = await readFile(source, path);
  onRead();
  try {
    // Without its file of weights beside it, which packs do not have.
    return await runtime.open(withStandardOperators(readModel(bytes, path)).file.bytes, path);
  } catch (error) {
    if (error instanceof EvenhandError && error.code === 'model-corrupt') {
      throw invalidPack(path, 'it is no whole ONNX graph', { cause: error });
    }
    throw error;
  }
}

async function encoderOf(source: PackSource, folder: string): Promise<Encode> {
  const { PATHS } = config;
  const own = (path: string) => path.replace(/^tokenizer\//, folder === '' ? '' : `${folder}/`);
  const wanted = [PATHS.tokenizer, PATHS.vocab, PATHS.merges, PATHS.tokenizerConfig, PATHS.specialTokens];
  const found = new Map<string, Uint8Array>();
  for (const path of wanted) {
    if (source.has(own(path))) found.set(path, await readFile(source, own(path)));
  }
  const files = {
    has: (path: string) => found.has(path),
    drop: () => {},
    bytes(path: string) {
      const bytes = found.get(path);
      if (!bytes) throw invalidPack(PACK, `a CLIP reader needs ${own(path)}, and it is not in the folder`);
      return bytes;
    },
  };
  try {
    const raw = config.readConfig(files, PATHS.tokenizerConfig, config.anyObject);
    const tokenizer = createPromptTokenizer(
      ...([readTokenizerFile(files).json, raw, config.readTokenizerConfig(files), undefined] as const),
    );
    return (prompt) => tokenizer.encode(prompt).ids;
  } catch (error) {
    if (error instanceof EvenhandError && error.code !== 'pack-invalid') {
      throw invalidPack(`${folder || 'its folder'} (tokenizer)`, error.message, { cause: error });
    }
    throw error;
  }
}

async function readFile(source: PackSource, path: string): Promise<Uint8Array> {
  if (!source.has(path)) throw invalidPack(PACK, `it names ${path}, which is not in the folder`);
  try {
    return await source.read(path);
  } catch (cause) {
    throw invalidPack(path, 'it could not be read: it was moved or changed after the folder was opened', {
      cause,
    });
  }
}
