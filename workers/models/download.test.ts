import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DownloadHost, download } from './download';
import { planFor } from './resume';
import { memoryDisk } from './testing/memoryDisk';
import type { RemoteFile } from './types';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const content = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) % 251);
const URL_ = 'https://hub.example/o/n/resolve/c/unet/model.onnx';

function fileOf(bytes: Uint8Array, hash = sha256(bytes)): RemoteFile {
  return { path: 'unet/model.onnx', bytes: bytes.length, check: { kind: 'sha256', hash } };
}

interface Server {
  /** Bytes that each answer in turn brings before its connection breaks; then none break. */
  readonly breaks?: readonly number[];
  readonly ranges?: boolean;
  /** ETag of each answer in turn; the last one stays. */
  readonly etags?: readonly (string | null)[];
  /** Statuses to answer with instead, in turn. */
  readonly statuses?: readonly number[];
}

/** A file server in memory that speaks Range and ETag as RFC 9110 has it. */
function serve(
  bytes: Uint8Array,
  { breaks = [], ranges = true, etags = ['"a"'], statuses = [] }: Server = {},
) {
  let sent = 0;
  const asked: (string | null)[] = [];
  const answer = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const turn = asked.length;
    const range = new Headers(init?.headers).get('range');
    asked.push(range);
    const status = statuses[turn];
    if (status !== undefined && status >= 400) return new Response('', { status });
    const from = ranges && range ? Number(/^bytes=(\d+)-$/.exec(range)![1]) : 0;
    if (from >= bytes.length) return new Response('', { status: 416 });
    const rest = bytes.subarray(from);
    const until = breaks[turn] ?? rest.length;
    let at = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at >= until && until < rest.length) return controller.error(new TypeError('network error'));
        if (at >= rest.length) return controller.close();
        const piece = rest.slice(at, Math.min(at + 700, until, rest.length));
        at += piece.length;
        sent += piece.length;
        controller.enqueue(piece);
      },
    });
    const headers = new Headers();
    const etag = etags[Math.min(turn, etags.length - 1)];
    if (etag) headers.set('etag', etag);
    if (ranges && range) headers.set('content-range', `bytes ${from}-${bytes.length - 1}/${bytes.length}`);
    return new Response(body, { status: ranges && range ? 206 : 200, headers });
  };
  return { fetch: answer as typeof fetch, asked, sent: () => sent };
}

function hostOf(server: { fetch: typeof fetch }, signal = new AbortController().signal) {
  let bytes = 0;
  const waits: boolean[] = [];
  const host: DownloadHost = {
    fetch: server.fetch,
    patience: { pauses: [0], tries: 3, stallMs: 1000 },
    signal,
    onBytes: (count) => {
      bytes += count;
    },
    onWaiting: (waiting) => waits.push(waiting),
  };
  return { host, bytes: () => bytes, waits };
}

async function read(disk: ReturnType<typeof memoryDisk>): Promise<Uint8Array> {
  return new Uint8Array(await (await disk.file('m', 'f'))!.arrayBuffer());
}

describe('a download', () => {
  it('ends with the very file, wherever the connection breaks, and asks for no byte twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9000 }),
        fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 6 }),
        async (length, breaks) => {
          const bytes = content(length);
          const server = serve(bytes, { breaks });
          const { host, bytes: counted } = hostOf(server);
          const disk = memoryDisk();
          const target = await disk.open('m', 'f');
          expect(await download(URL_, fileOf(bytes), target, host)).toBe(sha256(bytes));
          expect(await read(disk)).toEqual(bytes);
          expect(server.sent()).toBe(length);
          expect(counted()).toBe(length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('ends with the very file where the server knows no ranges, or changes its ETag', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(fc.constantFrom('"a"', '"b"', null), { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 1, max: 2999 }),
        async (ranges, etags, cut) => {
          const bytes = content(3000);
          const server = serve(bytes, { breaks: [cut], ranges, etags });
          const { host, bytes: counted } = hostOf(server);
          const disk = memoryDisk();
          await download(URL_, fileOf(bytes), await disk.open('m', 'f'), host);
          expect(await read(disk)).toEqual(bytes);
          expect(counted()).toBe(3000);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('goes on where an earlier one stopped', async () => {
    const bytes = content(5000);
    const disk = memoryDisk();
    const target = await disk.open('m', 'f');
    target.append(bytes.subarray(0, 3000));
    const server = serve(bytes);
    await download(URL_, fileOf(bytes), target, hostOf(server).host);
    expect(server.asked).toEqual(['bytes=3000-']);
    expect(server.sent()).toBe(2000);
    expect(await read(disk)).toEqual(bytes);
  });

  it('fetches the whole anew when what an earlier one left was wrong', async () => {
    const bytes = content(5000);
    const disk = memoryDisk();
    const target = await disk.open('m', 'f');
    target.append(new Uint8Array(3000));
    const server = serve(bytes);
    expect(await download(URL_, fileOf(bytes), target, hostOf(server).host)).toBe(sha256(bytes));
    expect(server.asked).toEqual(['bytes=3000-', null]);
  });

  it('says so when the content is not what the hub lists, and keeps none of it', async () => {
    const bytes = content(5000);
    const disk = memoryDisk();
    const target = await disk.open('m', 'f');
    const wrong = fileOf(bytes, '0'.repeat(64));
    await expect(download(URL_, wrong, target, hostOf(serve(bytes)).host)).rejects.toMatchObject({
      code: 'model-corrupt',
      message: expect.stringMatching(/unet\/model\.onnx.*SHA-256/),
    });
    expect(target.size).toBe(0);
  });

  it('checks small files by their Git blob id', async () => {
    const bytes = new TextEncoder().encode('hello\n');
    // echo hello | git hash-object --stdin
    const check = { kind: 'git-blob', hash: 'ce013625030ba8dba906f756967f9e9ca394464a' } as const;
    const target = await memoryDisk().open('m', 'f');
    const { host } = hostOf(serve(bytes));
    expect(await download(URL_, { path: 'a.json', bytes: 6, check }, target, host)).toBe(sha256(bytes));
  });

  it('gives up when the network stays away, says how far it came, and keeps that', async () => {
    const bytes = content(5000);
    const server = serve(bytes, { breaks: [3000, 0, 0, 0, 0] });
    const { host, waits } = hostOf(server);
    const target = await memoryDisk().open('m', 'f');
    await expect(download(URL_, fileOf(bytes), target, host)).rejects.toMatchObject({
      code: 'network-lost',
      message: expect.stringContaining('60 % of unet/model.onnx'),
    });
    expect(target.size).toBe(3000);
    expect(waits.at(-1)).toBe(true);
  });

  it('waits for a busy server and takes no for an answer from one that has no such file', async () => {
    const bytes = content(100);
    const busy = serve(bytes, { statuses: [503, 429] });
    const target = await memoryDisk().open('m', 'f');
    await download(URL_, fileOf(bytes), target, hostOf(busy).host);
    expect(busy.asked).toHaveLength(3);
    const gone = hostOf(serve(bytes, { statuses: [404] })).host;
    await expect(
      download(URL_, fileOf(bytes), await memoryDisk().open('m', 'f'), gone),
    ).rejects.toMatchObject({
      code: 'model-missing',
    });
  });

  it('lets a full storage through as it is, with what fitted kept', async () => {
    const bytes = content(5000);
    const target = await memoryDisk(2500).open('m', 'f');
    await expect(download(URL_, fileOf(bytes), target, hostOf(serve(bytes)).host)).rejects.toMatchObject({
      name: 'QuotaExceededError',
    });
    expect(target.size).toBe(2100);
  });

  it('stops when it is told to', async () => {
    const bytes = content(5000);
    const stop = new AbortController();
    const { host } = hostOf(serve(bytes), stop.signal);
    const target = await memoryDisk().open('m', 'f');
    const ending = download(URL_, fileOf(bytes), target, {
      ...host,
      onBytes: () => target.size > 2000 && stop.abort(),
    });
    await expect(ending).rejects.toMatchObject({ name: 'AbortError' });
    expect(target.size).toBeGreaterThan(2000);
  });
});

describe('what a server answers to a request for the rest', () => {
  const held = { have: 100, size: 1000, etag: '"a"' };
  it.each([
    ['the rest', { status: 206, contentRange: 'bytes 100-999/1000', etag: '"a"' }, 'append'],
    ['another part', { status: 206, contentRange: 'bytes 0-999/1000', etag: '"a"' }, 'restart'],
    [
      'part of a file of another length',
      { status: 206, contentRange: 'bytes 100-999/2000', etag: '"a"' },
      'restart',
    ],
    ['part of a changed file', { status: 206, contentRange: 'bytes 100-999/1000', etag: '"b"' }, 'restart'],
    ['no range', { status: 206, contentRange: null, etag: '"a"' }, 'restart'],
    ['the whole', { status: 200, contentRange: null, etag: '"a"' }, 'replace'],
    ['nothing there', { status: 416, contentRange: 'bytes */1000', etag: null }, 'restart'],
    ['later', { status: 503, contentRange: null, etag: null }, 'wait'],
    ['no', { status: 403, contentRange: null, etag: null }, 'refused'],
  ] as const)('%s', (_, answer, plan) => {
    expect(planFor(held, answer)).toBe(plan);
  });

  it('all is here already', () => {
    const whole = { have: 1000, size: 1000, etag: null };
    expect(planFor(whole, { status: 416, contentRange: null, etag: null })).toBe('complete');
  });
});
