import { afterEach, describe, expect, it, vi } from 'vitest';
import { httpSource } from './httpSource';

afterEach(() => vi.unstubAllGlobals());

function answer(response: () => Response | Promise<never>) {
  const fetched = vi.fn(async (_url: string, _init?: RequestInit) => response());
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

describe('a model folder at a URL', () => {
  it('streams a file and counts its bytes', async () => {
    const fetched = answer(() => new Response(Uint8Array.of(1, 2, 3)));
    let count = 0;
    const bytes = await httpSource('https://host/m').read('unet/model.onnx', (more) => {
      count += more;
    });
    expect([...bytes]).toEqual([1, 2, 3]);
    expect(count).toBe(3);
    expect(fetched.mock.calls[0]?.[0]).toBe('https://host/m/unet/model.onnx');
  });

  it.each([
    ['404', () => new Response('', { status: 404 })],
    ['web page', () => new Response('<html>', { headers: { 'content-type': 'text/html; charset=utf-8' } })],
    ['reached', () => Promise.reject(new TypeError('Failed to fetch'))],
  ])('calls a file missing, and says why (%s)', async (why, response) => {
    answer(response);
    await expect(httpSource('https://host/m/').read('a.onnx')).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining(why),
    });
  });

  it('works without the Cache API', async () => {
    vi.stubGlobal('caches', undefined);
    const source = httpSource('https://host/m/');
    await source.keep?.('a', 'hash', Uint8Array.of(1));
    expect(await source.readKept?.('a', 'hash')).toBeUndefined();
  });

  it('works when storage is blocked or full', async () => {
    const cache = {
      match: async () => undefined,
      delete: async () => false,
      put: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
    };
    vi.stubGlobal('caches', { open: async () => cache });
    await httpSource('https://host/m/').keep?.('a', 'hash', Uint8Array.of(1));
    vi.stubGlobal('caches', { open: () => Promise.reject(new DOMException('blocked', 'SecurityError')) });
    expect(await httpSource('https://host/m/').readKept?.('a', 'hash')).toBeUndefined();
  });
});
