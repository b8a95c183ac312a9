import * as v from 'valibot';
import { EvenhandError } from '../../src/core/errors';
import { pipelineIn } from './layout';
import type { HubAddress, RemoteFile } from './types';

/** Hugging Face's hub API: one request that lists a revision with the sizes and hashes of its files. */
const modelSchema = v.object({
  sha: v.pipe(v.string(), v.regex(/^[0-9a-f]{40}$/)),
  siblings: v.array(
    v.object({
      rfilename: v.string(),
      size: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
      blobId: v.optional(v.string()),
      lfs: v.nullish(
        v.object({
          sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
          size: v.pipe(v.number(), v.integer(), v.minValue(0)),
        }),
      ),
    }),
  ),
});

export interface Listing {
  readonly commit: string;
  /** Those of the pipeline, smallest first: what is wrong with a config is found before the weights are fetched. */
  readonly files: readonly RemoteFile[];
  /** The address, with the folder that model_index.json was found in. */
  readonly address: HubAddress;
}

/**
 * Asks the hub what a revision is now: the commit it means, and the files of the pipeline in it. No model file is fetched.
 * @throws EvenhandError 'address-invalid' (no such model), 'network-lost', 'model-missing' or 'model-unsupported'.
 */
export async function lookUp(address: HubAddress, ask: typeof fetch = fetch): Promise<Listing> {
  const { hub, repo, revision, folder } = address;
  const url = `${hub}/api/models/${repo}/revision/${encodeURIComponent(revision)}?blobs=true`;
  let response: Response;
  try {
    response = await ask(url, { credentials: 'omit', cache: 'no-store' });
  } catch (cause) {
    throw new EvenhandError(
      'network-lost',
      `${new URL(hub).host} cannot be reached.`,
      'Check that you are online, then look the model up again.',
      { cause },
    );
  }
  if (!response.ok) throw refused(address, response.status);
  const parsed = v.safeParse(modelSchema, await response.json().catch(() => undefined));
  if (!parsed.success) {
    throw new EvenhandError(
      'address-invalid',
      `${new URL(hub).host} answered something that is no list of a model's files.`,
      'Check the address. If it is right, the hub may have changed how it answers.',
      { cause: v.summarize(parsed.issues) },
    );
  }
  const { sha, siblings } = parsed.output;
  const named = siblings.filter(({ rfilename }) => rfilename.startsWith(folder));
  const name = `${repo}${folder && `/${folder.slice(0, -1)}`}`;
  const { root, files } = pipelineIn(
    named.map(({ rfilename }) => rfilename.slice(folder.length)),
    name,
  );
  const remote = files.map((path): RemoteFile => {
    const sibling = named.find(({ rfilename }) => rfilename === folder + root + path)!;
    const { lfs, size, blobId } = sibling;
    if (lfs) return { path, bytes: lfs.size, check: { kind: 'sha256', hash: lfs.sha256 } };
    const check = blobId ? ({ kind: 'git-blob', hash: blobId } as const) : null;
    return { path, bytes: size ?? 0, check };
  });
  return {
    commit: sha,
    files: remote.toSorted((a, b) => a.bytes - b.bytes),
    address: { ...address, folder: folder + root },
  };
}

/** @param commit pins the file: the same address always means the same bytes. */
export function urlOf({ hub, repo, folder }: HubAddress, commit: string, path: string): string {
  const inside = (folder + path).split('/').map(encodeURIComponent).join('/');
  return `${hub}/${repo}/resolve/${commit}/${inside}`;
}

function refused({ hub, repo, revision }: HubAddress, status: number): EvenhandError {
  const { host } = new URL(hub);
  if (status === 401 || status === 403) {
    return new EvenhandError(
      'address-invalid',
      `${host} shows ${repo} to nobody without an account, or there is no such model.`,
      'Evenhand never logs in anywhere: download the model yourself and open its folder.',
    );
  }
  if (status === 404) {
    return new EvenhandError(
      'address-invalid',
      `${host} knows no model ${repo} with a revision "${revision}".`,
      'Check the spelling of the name and of the revision.',
    );
  }
  return new EvenhandError(
    'network-lost',
    `${host} answered ${status} instead of the list of files.`,
    status === 429 ? 'Wait a few minutes and look it up again.' : 'Look it up again later.',
  );
}
