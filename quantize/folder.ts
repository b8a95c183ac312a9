import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, posix, relative, resolve } from 'node:path';
import { createSHA256 } from 'hash-wasm';
import { EvenhandError } from '../src/core/errors';
import { missingFile } from '../workers/pipeline/fileErrors';
import { MANIFEST } from '../workers/pipeline/manifest';
import { configOf, outputError } from './compare';
import { badArguments } from './errors';
import { type Bits, planWeights } from './plan';
import { readSkeleton, type Skeleton } from './skeleton';
import { INLINE_AT_MOST, type Written, writeQuantized } from './write';

export interface QuantizeOptions {
  /** A model in diffusers' layout with float32 ONNX graphs. */
  readonly folder: string;
  readonly bits: Bits;
  /** Must not exist yet. */
  readonly out: string;
  /** Whether both files of a part are run on the same inputs, which takes the memory that the original takes. */
  readonly compare: boolean;
  readonly inlineAtMost?: number;
}

/** What became of one graph. */
export interface PartReport extends Written {
  /** Path in the folder, with slashes. */
  readonly path: string;
  readonly bits: Bits;
  readonly bytesBefore: number;
  /** Relative error of the outputs; undefined when they were not compared. */
  readonly outputError: number | undefined;
}

export const CARD = 'quantization.json';

/**
 * Writes a copy of a model folder with smaller weights. Everything that is no graph is copied; the new folder appears only when it is whole.
 * Autoencoders are kept in 16 bits at least: they are small, and pictures show their rounding (docs/quantizing.md).
 * @throws EvenhandError, before anything is written where it can be known.
 */
export async function quantizeFolder(
  { folder, bits, out, compare, inlineAtMost = INLINE_AT_MOST }: QuantizeOptions,
  report: (part: PartReport) => void = () => {},
): Promise<readonly PartReport[]> {
  checkFolders(folder, out);
  const files = filesOf(folder);
  const parts = files
    .filter((path) => path.endsWith('.onnx'))
    .map((path) => {
      const own: Bits = path.startsWith('vae') ? 16 : bits;
      const skeleton = readSkeleton(join(folder, path));
      return { path, bits: own, skeleton, plan: planWeights(skeleton, own) };
    });
  if (!parts.some(({ path }) => path.startsWith('unet'))) {
    throw missingFile('unet/model.onnx', folder, 'no graph lies in unet/');
  }
  const data = new Set(parts.flatMap(({ skeleton }) => dataFiles(skeleton)));
  const graphs = new Set(parts.map(({ path }) => path));
  const copied = files.filter(
    (path) => !graphs.has(path) && !data.has(resolve(folder, path)) && path !== MANIFEST && path !== CARD,
  );
  // Of the weights at least the share of bits is left; a disk that has not even that will not do.
  const least = parts.reduce((sum, part) => sum + (part.skeleton.bytes * part.bits) / 32, 0);
  checkRoom(dirname(resolve(out)), least);

  const unfinished = `${out}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  try {
    for (const path of copied) {
      mkdirSync(dirname(join(unfinished, path)), { recursive: true });
      cpSync(join(folder, path), join(unfinished, path));
    }
    const reports: PartReport[] = [];
    for (const { path, bits: own, skeleton, plan } of parts) {
      const target = join(unfinished, path);
      mkdirSync(dirname(target), { recursive: true });
      const written = writeQuantized(skeleton, plan, target, inlineAtMost);
      const part = {
        ...written,
        path,
        bits: own,
        bytesBefore: skeleton.bytes,
        outputError: compare
          ? await outputError(join(folder, path), target, configOf(folder, dirname(path)))
          : undefined,
      };
      report(part);
      reports.push(part);
    }
    await writeCard(folder, unfinished, bits, reports, [
      ...graphs,
      ...[...data].map((file) => relative(resolve(folder), file)),
    ]);
    await writeManifest(folder, unfinished, bits);
    renameSync(unfinished, out);
    return reports;
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw diskFull(dirname(resolve(out)), { cause: error });
    throw error;
  }
}

function checkFolders(folder: string, out: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw badArguments(
      `There is no folder ${folder}.`,
      'Name the folder of the model, the one that holds model_index.json.',
    );
  }
  if (!existsSync(join(folder, 'model_index.json'))) {
    throw missingFile('model_index.json', folder, 'a model in diffusers layout has one');
  }
  if (existsSync(out)) {
    throw badArguments(`${out} exists already.`, 'Name another folder with --out, or remove that one first.');
  }
  if (!relative(resolve(folder), resolve(out)).startsWith('..')) {
    throw badArguments(`${out} lies in the model's own folder.`, 'Name a folder outside of it with --out.');
  }
}

function checkRoom(folder: string, bytes: number): void {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  if (bavail * bsize < bytes) throw diskFull(folder);
}

function diskFull(folder: string, options?: ErrorOptions): EvenhandError {
  return new EvenhandError(
    'storage-full',
    `The disk of ${folder} has too little room for the new model; nothing was kept of it.`,
    'Make room, or name a folder on another disk with --out.',
    options,
  );
}

/** What the manifest lists, else every file that is not hidden; with slashes, sorted. */
function filesOf(folder: string): string[] {
  const listed = manifestOf(folder)?.files?.map(({ path }) => path);
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split('\\').join('/'))
    .filter((path) => !path.split('/').some((name) => name.startsWith('.')));
  if (!listed) return all.sort();
  const missing = listed.find((path) => !all.includes(path));
  if (missing) throw missingFile(missing, folder, 'its manifest lists it');
  const beside = all.filter(
    (path) => /^(LICEN[CS]E|README)/i.test(basename(path)) || /\.onnx[._]data$/.test(path),
  );
  return [...new Set([...listed, ...beside])].sort();
}

interface LooseManifest {
  readonly id?: string;
  readonly title?: string;
  readonly files?: readonly { readonly path: string }[];
}

function manifestOf(folder: string): LooseManifest | undefined {
  const path = join(folder, MANIFEST);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as LooseManifest) : undefined;
}

const dataFiles = ({ path, places }: Skeleton): string[] =>
  [...new Set([...places.values()].map(({ file }) => resolve(file)))].filter(
    (file) => file !== resolve(path),
  );

/** Where the weights came from, by the SHA-256 of every file of them, and what rounding cost. */
async function writeCard(
  folder: string,
  out: string,
  bits: Bits,
  reports: readonly PartReport[],
  sources: readonly string[],
): Promise<void> {
  const files = [];
  for (const path of [...sources].sort())
    files.push({ path: path.split('\\').join('/'), sha256: await sha256Of(join(folder, path)) });
  const card = {
    title: `${basename(resolve(folder))}, weights in ${bits} bits`,
    licence:
      'These weights are a rounded copy of those named under "source" and stay under their licence; pass it on with them. Rounding adds no rights.',
    source: { name: basename(resolve(folder)), files },
    bits,
    parts: reports.map((part) => ({
      path: part.path,
      bits: part.bits,
      weights: part.counts,
      bytesBefore: part.bytesBefore,
      bytes: part.bytes,
      weightError: part.weightError,
      ...(part.outputError === undefined ? {} : { outputError: part.outputError }),
    })),
  };
  writeFileSync(join(out, CARD), `${JSON.stringify(card, null, 2)}\n`);
}

async function writeManifest(folder: string, out: string, bits: Bits): Promise<void> {
  const before = manifestOf(folder);
  const name = before?.id ?? basename(resolve(folder));
  const files = [];
  for (const path of filesOf(out)) {
    files.push({
      path: posix.normalize(path),
      bytes: statSync(join(out, path)).size,
      sha256: await sha256Of(join(out, path)),
    });
  }
  const manifest = {
    ...before,
    id: `${name}-${bits}bit`,
    title: `${before?.title ?? name} (${bits} bit)`,
    files,
  };
  writeFileSync(join(out, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function sha256Of(path: string): Promise<string> {
  const hash = await createSHA256();
  for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
