import { EvenhandError } from '../../src/core/errors';
import { corruptFile, missingFile } from '../pipeline/fileErrors';
import type { Target } from './disk';
import { type HashedTarget, hashed } from './hashed';
import { planFor } from './resume';
import type { RemoteFile } from './types';

export interface Patience {
  /** Milliseconds before the next try, by the number of tries in a row that brought nothing; the last one repeats. */
  readonly pauses: readonly number[];
  /** Tries in a row that bring nothing after which it ends. */
  readonly tries: number;
  /** Milliseconds without a byte after which a connection counts as lost. */
  readonly stallMs: number;
}

/** Two minutes and a half without the network, then the user is asked. */
export const PATIENCE: Patience = {
  pauses: [500, 1000, 2000, 5000, 10_000, 20_000],
  tries: 12,
  stallMs: 30_000,
};

export interface DownloadHost {
  readonly fetch: typeof fetch;
  readonly patience: Patience;
  readonly signal: AbortSignal;
  /** @param count of bytes more (less than 0: of bytes that were thrown away). */
  onBytes(count: number): void;
  /** The connection is gone, or back. */
  onWaiting(waiting: boolean): void;
}

/**
 * Brings the rest of a file, however often the connection breaks, and checks the whole against its hash.
 * What is on the target already is read once, for the hash. A whole file that fails its check is fetched anew, once.
 * @returns its SHA-256, hexadecimal.
 * @throws EvenhandError 'network-lost' (what came stays on the target), 'model-missing', 'model-corrupt', 'cancelled';
 * DOMException 'QuotaExceededError'.
 */
export async function download(
  url: string,
  file: RemoteFile,
  target: Target,
  host: DownloadHost,
): Promise<string> {
  const fromEarlier = target.size > 0;
  const whole = await hashed(target, file);
  if (whole.size > file.bytes) clear(whole, host);
  await bring(url, file, whole, host);
  if (fromEarlier && whole.fault()) {
    clear(whole, host);
    await bring(url, file, whole, host);
  }
  const why = whole.fault();
  if (!why) return whole.sha256();
  clear(whole, host);
  throw corruptFile(file.path, why);
}

function clear(target: HashedTarget, { onBytes }: DownloadHost): void {
  onBytes(-target.size);
  target.clear();
}

async function bring(url: string, file: RemoteFile, target: HashedTarget, host: DownloadHost): Promise<void> {
  let etag: string | null = null;
  let fruitless = 0;
  let restarts = 0;
  while (target.size < file.bytes) {
    host.signal.throwIfAborted();
    const before = target.size;
    const attempt = await ask(url, target.size, host);
    if (attempt) {
      const { response, life } = attempt;
      const plan = planFor(
        { have: target.size, size: file.bytes, etag },
        {
          status: response.status,
          contentRange: response.headers.get('content-range'),
          etag: response.headers.get('etag'),
        },
      );
      if (plan === 'refused') throw missingFile(file.path, url, `the server answered ${response.status}`);
      if (plan === 'restart' && ++restarts > 2) {
        throw corruptFile(file.path, 'the server sends other parts of it than it was asked for');
      }
      if (plan === 'restart' || plan === 'replace') clear(target, host);
      if (plan === 'append' || plan === 'replace') {
        etag = response.headers.get('etag');
        await pour(response, file, target, host, life);
      }
      life.end();
      if (plan === 'restart') continue;
    }
    if (target.size >= file.bytes) return;
    fruitless = target.size > before ? 0 : fruitless + 1;
    if (fruitless >= host.patience.tries) throw networkLost(file, target.size);
    host.onWaiting(true);
    await pause(host.patience.pauses[Math.min(fruitless, host.patience.pauses.length - 1)]!, host.signal);
  }
}

/** Ends one request when the user stops, or when it has been silent for too long. */
function lifeOf({ signal, patience }: DownloadHost) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  let timer = setTimeout(abort, patience.stallMs);
  signal.addEventListener('abort', abort);
  return {
    signal: controller.signal,
    sign() {
      clearTimeout(timer);
      timer = setTimeout(abort, patience.stallMs);
    },
    end() {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      abort();
    },
  };
}

type Life = ReturnType<typeof lifeOf>;

/** @returns undefined when no answer came. */
async function ask(url: string, from: number, host: DownloadHost) {
  const life = lifeOf(host);
  try {
    const response = await host.fetch(url, {
      credentials: 'omit',
      cache: 'no-store',
      signal: life.signal,
      ...(from > 0 ? { headers: { Range: `bytes=${from}-` } } : {}),
    });
    return { response, life };
  } catch {
    life.end();
    host.signal.throwIfAborted();
    return undefined;
  }
}

/** Writes a body as it comes, until it ends or breaks off. */
async function pour(
  response: Response,
  file: RemoteFile,
  target: HashedTarget,
  host: DownloadHost,
  life: Life,
) {
  const reader = response.body!.getReader();
  for (;;) {
    let part: ReadableStreamReadResult<Uint8Array>;
    try {
      part = await reader.read();
    } catch {
      host.signal.throwIfAborted();
      return;
    }
    host.signal.throwIfAborted();
    if (part.done) return;
    life.sign();
    host.onWaiting(false);
    if (target.size + part.value.length > file.bytes) {
      throw corruptFile(file.path, `the server sends more than the ${file.bytes} bytes that the hub lists`);
    }
    target.append(part.value);
    host.onBytes(part.value.length);
  }
}

/** Ends early when the browser says that the network is back. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const events: EventTarget = globalThis as unknown as EventTarget;
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      events.removeEventListener?.('online', end);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
    events.addEventListener?.('online', end);
  });
}

const networkLost = ({ path, bytes }: RemoteFile, have: number): EvenhandError =>
  new EvenhandError(
    'network-lost',
    `The connection broke off at ${Math.floor((100 * have) / bytes)} % of ${path} and did not come back.`,
    'What came is kept: press Go on when you are online again.',
  );
