import { readFileSync } from 'node:fs';
import { sha256 } from 'hash-wasm';
import type { DeltaCard } from '../deltas/card';
import { type NamedTensor, writeSafetensors } from '../deltas/safetensors';
import { parseJson } from '../pipeline/config';
import { folderSource } from '../pipeline/folderSource';
import { MANIFEST } from '../pipeline/manifest';
import type { ModelSource } from '../pipeline/source';

/** Test helpers: trained variants beside the tiny pipeline. */

/** Of the tiny pipeline's attentions, all of them; made by training/golden/lora.py. */
export const TINY_LORA = new Uint8Array(readFileSync('workers/deltas/golden/tiny-peft.safetensors'));
export const UNET = 'unet/model.onnx';
export const TEXT_ENCODER = 'text_encoder/model.onnx';

export interface MadeVariant {
  /** Changes of the usual card. `base` names paths; the hashes are filled in where they are ''. */
  readonly card: Partial<DeltaCard> & Pick<DeltaCard, 'id' | 'parts'>;
  readonly delta: Uint8Array;
}

export const LORA: MadeVariant = {
  card: { id: 'fair', name: 'Fair', parts: ['unet'], base: { [UNET]: '' }, rank: 4 },
  delta: TINY_LORA,
};

/** A word that was learned, as one row of the tiny text encoder's width. */
export function learnedToken(token: string, row: readonly number[]): Uint8Array {
  const tensor: NamedTensor = { shape: [1, row.length], data: Float32Array.from(row) };
  return writeSafetensors(new Map([[token, tensor]]));
}

export function cardOf(
  { card }: Pick<MadeVariant, 'card'>,
  hashes: ReadonlyMap<string, string>,
): Omit<DeltaCard, 'id'> & { id: string } {
  const base = Object.entries(card.base ?? {}).map(([path, hash]) => [path, hash || hashes.get(path)]);
  return {
    ...{ schema: 1, name: card.id, summary: 'A test.', method: 'ddm', evidence: 'ours', citation: 'Ours.' },
    ...{ rank: null, tokens: [], prompt: null, figures: [], limits: [], licence: 'MIT' },
    training: { command: 'none', samples: 0, seed: 1 },
    ...card,
    base: Object.fromEntries(base),
  };
}

/**
 * The same model with variants beside it, as training/variant.py writes them.
 * @param over what another source gives in place of some of the files.
 */
export async function withVariants(
  base: ModelSource,
  variants: readonly MadeVariant[],
  over: Readonly<Record<string, Uint8Array>> = {},
): Promise<ModelSource> {
  const { files } = parseJson(await base.read(MANIFEST), MANIFEST) as {
    files: { path: string; sha256: string }[];
  };
  const hashes = new Map(files.map(({ path, sha256: hash }) => [path, hash]));
  const made = new Map<string, Uint8Array>();
  const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const index = [];
  for (const variant of variants) {
    const { delta } = variant;
    const { id } = variant.card;
    const file = { path: 'delta.safetensors', bytes: delta.length, sha256: await sha256(delta) };
    const manifest = json({ ...cardOf(variant, hashes), delta: file });
    made.set(`variants/${id}/manifest.json`, manifest);
    made.set(`variants/${id}/delta.safetensors`, delta);
    index.push({ id, bytes: manifest.length, sha256: await sha256(manifest) });
  }
  made.set('variants/index.json', json({ variants: index }));
  for (const [path, bytes] of Object.entries(over)) made.set(path, bytes);
  return {
    name: base.name,
    read: async (path, onBytes) => made.get(path) ?? base.read(path, onBytes),
  };
}

export const tinyWithVariants = (variants: readonly MadeVariant[], over = {}) =>
  withVariants(folderSource('workers/pipeline/golden/tiny'), variants, over);
