import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

export const COMMIT = 'c0ffee'.padEnd(40, '0');
export const REPO = 'tester/tiny-diffusion';

export interface TestHub {
  readonly origin: string;
  /** Breaks the connection of a file's first answer after this share of it, and refuses all until `back` is called. */
  breakAt(path: string, share: number): void;
  back(): void;
  /** What the listing says of a file instead of the truth. */
  lie(path: string, sha256: string): void;
  /** "path bytes=0-" of every file that was asked for, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
};

/**
 * A hub of one model on loopback that speaks as Hugging Face does (listing, redirect to a file server, Range, ETag) and can lose its
 * network. @param model folder of its files. @param site folder that is served as well, so that the page has a hub on its own origin.
 */
export async function startHub(model: string, site?: string): Promise<TestHub> {
  const files = new Map(
    readdirSync(model, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => {
        const full = join(parentPath, name);
        return [full.slice(model.length + 1).replaceAll('\\', '/'), readFileSync(full)] as const;
      }),
  );
  const asked: string[] = [];
  const lies = new Map<string, string>();
  let breaking: { path: string; share: number } | undefined;
  let down = false;

  function list(response: ServerResponse) {
    const siblings = [...files].map(([rfilename, bytes]) => {
      const sha256 = lies.get(rfilename) ?? createHash('sha256').update(bytes).digest('hex');
      const large = bytes.length > 10_000;
      return {
        rfilename,
        size: bytes.length,
        blobId: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
        ...(large ? { lfs: { sha256, size: bytes.length, pointerSize: 130 } } : {}),
      };
    });
    send(response, Buffer.from(JSON.stringify({ sha: COMMIT, siblings })), 'application/json');
  }

  function sendFile(path: string, request: IncomingMessage, response: ServerResponse) {
    const bytes = files.get(path);
    if (!bytes) return void response.writeHead(404).end();
    const { range } = request.headers;
    asked.push(range ? `${path} ${range}` : path);
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(from);
    response.writeHead(range ? 206 : 200, {
      etag: `"${createHash('sha1').update(bytes).digest('hex')}"`,
      'content-length': rest.length,
      'accept-ranges': 'bytes',
      'content-type': 'application/octet-stream',
      ...(range ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    if (breaking?.path !== path) return void response.end(rest);
    const until = Math.floor(breaking.share * bytes.length) - from;
    breaking = undefined;
    down = true;
    // Only what has left this process counts as sent.
    response.write(rest.subarray(0, until), () => setTimeout(() => response.destroy(), 300));
  }

  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://hub').pathname);
    const file = path.startsWith(`/${REPO}/resolve/${COMMIT}/`) && path.split(COMMIT)[1]!.slice(1);
    const hubPath = path.startsWith('/api/models/') || file !== false || path.startsWith('/files/');
    if (down && hubPath) return void request.socket.destroy();
    if (path === `/api/models/${REPO}/revision/main`) return list(response);
    if (path.startsWith('/api/models/')) return void response.writeHead(404).end();
    if (file) return void response.writeHead(302, { location: `/files/${file}` }).end();
    if (path.startsWith('/files/')) return sendFile(path.slice('/files/'.length), request, response);
    try {
      const name = path === '/' ? '/index.html' : path;
      send(response, readFileSync(`${site}${name}`), TYPES[extname(name)] ?? 'application/octet-stream');
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    breakAt(path, share) {
      breaking = { path, share };
    },
    back() {
      down = false;
    },
    lie: (path, sha256) => void lies.set(path, sha256),
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, bytes: Buffer, type: string) {
  response.writeHead(200, {
    'content-type': type,
    'content-length': bytes.length,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  });
  response.end(bytes);
}
