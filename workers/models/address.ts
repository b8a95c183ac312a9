import { EvenhandError } from '../../src/core/errors';
import type { HubAddress } from './types';

export const HUGGING_FACE = 'https://huggingface.co';

/** Folders of a pipeline: an address that leads into one of them means the pipeline around it. */
const PARTS = /^(unet|text_encoder|vae_decoder|vae_encoder|scheduler|tokenizer)$/;
const NAME = /^[\w-][\w.-]*$/;
const KINDS = ['tree', 'blob', 'resolve', 'raw', 'commit'];

/**
 * Reads "owner/name", "owner/name@revision", or the address of a model, folder or file on a hub.
 * @param ownOrigin of the page: a mirror on it is a hub too, and no other host may be asked (docs/hosting.md).
 * @throws EvenhandError 'address-invalid'.
 */
export function parseAddress(text: string, ownOrigin: string): HubAddress {
  const trimmed = text.trim();
  const short = /^([^/@\s:]+\/[^/@\s:]+)(?:@(\S+))?$/.exec(trimmed);
  if (short) return checked({ hub: HUGGING_FACE, repo: short[1]!, revision: short[2] ?? 'main', folder: '' });

  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  if (!url) throw invalid(`"${trimmed}" is neither a model's name nor its address.`);
  const hub = url.origin === 'https://hf.co' ? HUGGING_FACE : url.origin;
  if (hub !== HUGGING_FACE && hub !== ownOrigin) {
    throw invalid(
      `This page fetches models from ${HUGGING_FACE} and its own address only, not from ${url.host}.`,
    );
  }
  const [owner, name, kind, revision = 'main', ...inside] = url.pathname
    .split('/')
    .filter(Boolean)
    .map(decode);
  if (!owner || !name || owner === 'datasets' || owner === 'spaces') {
    throw invalid(`${trimmed} is not the address of a model.`);
  }
  if (kind !== undefined && !KINDS.includes(kind)) {
    throw invalid(`${trimmed} leads to "${kind}", which is no folder of a model.`);
  }
  return checked({ hub, repo: `${owner}/${name}`, revision, folder: folderOf(inside, kind !== 'tree') });
}

/** @param isFile the last segment names a file. */
function folderOf(inside: readonly string[], isFile: boolean): string {
  const folders = isFile ? inside.slice(0, -1) : inside;
  const part = folders.findIndex((folder) => PARTS.test(folder));
  const kept = part === -1 ? folders : folders.slice(0, part);
  return kept.map((folder) => `${folder}/`).join('');
}

function checked(address: HubAddress): HubAddress {
  if (!address.repo.split('/').every((part) => NAME.test(part))) {
    throw invalid(`"${address.repo}" is no name that a model can have.`);
  }
  return address;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const invalid = (message: string): EvenhandError =>
  new EvenhandError(
    'address-invalid',
    message,
    'Write it as owner/name, owner/name@revision, or paste the address of the model on huggingface.co.',
  );
