import { type ErrorReport, errorFrom, reportOf } from '../../src/core/errors';
import { parseJson } from '../pipeline/config';
import { loadFiles } from '../pipeline/files';
import { type Manifest, readNewest } from '../pipeline/manifest';
import type { ModelSource } from '../pipeline/source';
import type { BroughtDelta, DeltaInfo, LoadProgress } from '../protocol';
import { type DeltaCard, readCard, readDeltaManifest, readIndex } from './card';
import { broken, misfit } from './errors';
import { type Delta, readDelta } from './file';

const FOLDER = 'variants';
const INDEX = `${FOLDER}/index.json`;
/** Under this name a file of a variant carries its card. */
const CARD = 'evenhand';

type Report = (progress: LoadProgress) => void;

/** A trained variant that a lane can name, and how its file is had. */
export interface Variant {
  readonly info: DeltaInfo;
  /** @throws EvenhandError for a file that is missing, damaged or not what its card says. */
  read(report: Report): Promise<Delta>;
}

/**
 * The variants that lie beside a model; none where it has no variants/index.json. One whose card is damaged, or that was made for other
 * files, is listed with its problem: that is no reason to fail the model.
 */
export async function shippedVariants(source: ModelSource, base: Manifest): Promise<readonly Variant[]> {
  let index: Uint8Array;
  try {
    index = await readNewest(source, INDEX);
  } catch {
    return [];
  }
  try {
    const { variants } = readIndex(parseJson(index, INDEX), INDEX);
    return await Promise.all(variants.map((entry) => shippedVariant(source, base, entry)));
  } catch (error) {
    return [unusable({ id: INDEX, name: INDEX, bytes: 0, hash: '' }, reportOf(error))];
  }
}

async function shippedVariant(
  source: ModelSource,
  base: Manifest,
  { id, ...file }: { id: string; bytes: number; sha256: string },
): Promise<Variant> {
  const path = `${FOLDER}/${id}/manifest.json`;
  try {
    const found = await loadFiles(source, { files: [{ path, ...file }] }, [path], () => {});
    const card = readDeltaManifest(parseJson(found.bytes(path), path), path);
    const own = { ...card.delta, path: `${FOLDER}/${id}/${card.delta.path}` };
    return {
      info: { id, ...infoOf(card, base), bytes: card.delta.bytes, hash: file.sha256 },
      async read(report) {
        const files = await loadFiles(source, { files: [own] }, [own.path], report);
        return checked(readDelta(files.bytes(own.path), card.name), card);
      },
    };
  } catch (error) {
    return unusable({ id, name: id, bytes: 0, hash: file.sha256 }, reportOf(error));
  }
}

/** A file that the user brought. It may carry the card of a variant; a plain LoRA has none. Never throws. */
export function broughtVariant({ id, name, bytes }: BroughtDelta, base: Manifest): Variant {
  try {
    const delta = readDelta(bytes, name);
    const text = delta.metadata[CARD];
    const card = text === undefined ? null : readCard(parseJson(new TextEncoder().encode(text), name), name);
    if (card) checked(delta, card);
    const tokens = delta.embeddings.map(({ token }) => token);
    const info = card
      ? infoOf(card, base)
      : { name, card, problem: null, tokens, drawsWith: everyUnet(base) };
    return { info: { id, ...info, bytes: bytes.length, hash: id }, read: async () => delta };
  } catch (error) {
    return unusable({ id, name, bytes: bytes.length, hash: id }, reportOf(error));
  }
}

function infoOf(card: DeltaCard, base: Manifest): Omit<DeltaInfo, 'id' | 'bytes' | 'hash'> {
  const hashes = new Map(base.files.map(({ path, sha256 }) => [path, sha256]));
  const changed = Object.entries(card.base).find(([path, sha256]) => hashes.get(path) !== sha256);
  const problem = changed
    ? reportOf(misfit(card.name, changed[0], 'it was made for another version of this file'))
    : null;
  const onUnet = card.parts.includes('unet');
  const drawsWith = everyUnet(base).filter((id) => !onUnet || card.base[unetOf(base, id)] !== undefined);
  return { name: card.name, card, problem, tokens: card.tokens.map(({ token }) => token), drawsWith };
}

/** @param id of a UNet of the model; null for the full one. */
export function unetOf({ variants }: Manifest, id: string | null): string {
  return variants.find((variant) => variant.id === id)?.unet ?? 'unet/model.onnx';
}

const everyUnet = ({ variants }: Manifest) => [null, ...variants.map(({ id }) => id)];

/** @throws EvenhandError 'model-corrupt' when file and card speak of different things. */
function checked(delta: Delta, { name, parts, tokens }: DeltaCard): Delta {
  const held = [
    ...(delta.unet.length > 0 ? ['unet'] : []),
    ...(delta.text_encoder.length > 0 ? ['text_encoder'] : []),
    ...(delta.embeddings.length > 0 ? ['embeddings'] : []),
  ];
  if (held.join() !== parts.join()) {
    throw broken(name, `its card speaks of ${parts.join(', ')} and it holds ${held.join(', ')}`);
  }
  const learned = delta.embeddings.map(({ token }) => token).sort();
  if (
    learned.join() !==
    tokens
      .map(({ token }) => token)
      .sort()
      .join()
  ) {
    throw broken(name, 'its card names other tokens than it holds');
  }
  return delta;
}

function unusable(facts: Pick<DeltaInfo, 'id' | 'name' | 'bytes' | 'hash'>, problem: ErrorReport): Variant {
  return {
    info: { ...facts, card: null, problem, tokens: [], drawsWith: [] },
    read: async () => {
      throw errorFrom(problem);
    },
  };
}
