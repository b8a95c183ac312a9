import { missingFile } from './fileErrors';
import type { ModelSource } from './source';

/** Bump when what is kept changes its meaning; older caches are then never read. */
const CACHE = 'evenhand-models-1';

/** A model folder at a URL. Checked files are kept in the Cache API, so that a second visit works offline and at once. */
export function httpSource(baseUrl: string): ModelSource {
  const base = baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`;
  const urlOf = (path: string) => base + path.split('/').map(encodeURIComponent).join('/');
  /** The hash is part of the key: a file that changed on the server is another entry, never a stale one. */
  const keyOf = (path: string, sha256: string) => `${urlOf(path)}?sha256=${sha256}`;

  return {
    name: base,
    async read(path, onBytes, fresh = false) {
      let response: Response;
      try {
        response = await fetch(urlOf(path), { cache: fresh ? 'reload' : 'no-cache' });
      } catch (cause) {
        throw missingFile(path, base, 'the address cannot be reached', { cause });
      }
      if (!response.ok) throw missingFile(path, base, `the server answered ${response.status}`);
      // Servers of single-page apps answer a path they do not know with their index.html and status 200.
      if (response.headers.get('content-type')?.startsWith('text/html')) {
        throw missingFile(path, base, 'the server sent a web page instead');
      }
      try {
        return await readBody(response, onBytes);
      } catch (cause) {
        throw missingFile(path, base, 'the download broke off', { cause });
      }
    },
    async readKept(path, sha256) {
      const kept = await (await openCache())?.match(keyOf(path, sha256));
      return kept && new Uint8Array(await kept.arrayBuffer());
    },
    async keep(path, sha256, bytes) {
      const cache = await openCache();
      const response = new Response(new Uint8Array(bytes));
      // Earlier versions of the file differ in the query alone; they would never be read again.
      await cache
        ?.delete(urlOf(path), { ignoreSearch: true })
        .then(() => cache.put(keyOf(path, sha256), response))
        .catch(() => {});
    },
  };
}

/** Undefined where there is none: insecure origins, private windows of some browsers, storage switched off. */
async function openCache(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches?.open(CACHE);
  } catch {
    return undefined;
  }
}

async function readBody(response: Response, onBytes: ((count: number) => void) | undefined) {
  if (!response.body) return new Uint8Array(await response.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    length += part.value.length;
    onBytes?.(part.value.length);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
