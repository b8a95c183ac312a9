import { describe, expect, it } from 'vitest';
import { createEngine, type EngineHost } from './engineCore';
import type { RunEvent } from './protocol';
import { createNodeRuntime } from './runtime/node';
import { openOnDisk, request, TINY_PLACE } from './testing/tiny';

/** An engine on Node whose GPU can be lost at will. */
function testEngine() {
  const lose: (() => void)[] = [];
  const host: EngineHost = {
    openSource: openOnDisk,
    async openRuntime() {
      const lost = new Promise<string>((resolve) => lose.push(() => resolve('gone')));
      return { ...(await createNodeRuntime(1)), lost };
    },
  };
  return { engine: createEngine(host), lose };
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the engine', () => {
  it('opens a model once for the same arguments, also when asked twice at a time', async () => {
    const { engine, lose } = testEngine();
    const [first, second] = await Promise.all([
      engine.load(TINY_PLACE, 'wasm', () => {}),
      engine.load(TINY_PLACE, 'wasm', () => {}),
    ]);
    expect(first).toEqual(second);
    expect(await engine.load(TINY_PLACE, 'wasm', () => {})).toEqual(first);
    expect(lose).toHaveLength(1);
  });

  it('answers errors as reports: nothing loaded, no such folder', async () => {
    const { engine } = testEngine();
    const outcome = await engine.generate(request(), () => {});
    expect(outcome).toMatchObject({ type: 'failed', error: { code: 'model-missing' } });
    const missing = await engine.load({ kind: 'url', baseUrl: 'no/such/folder' }, 'wasm', () => {});
    expect(missing).toMatchObject({ ok: false, error: { code: 'model-missing' } });
    expect(await engine.load(TINY_PLACE, 'wasm', () => {})).toMatchObject({
      ok: true,
      value: { id: 'tiny' },
    });
  });

  it('opens the model anew after the device was lost', async () => {
    const { engine, lose } = testEngine();
    await engine.load(TINY_PLACE, 'wasm', () => {});
    lose[0]!();
    await settle();
    const events: RunEvent[] = [];
    const outcome = await engine.generate(request(), (event) => events.push(event));
    expect(outcome.type).toBe('done');
    expect(lose).toHaveLength(2);
    expect(events.some(({ type }) => type === 'image')).toBe(true);
  });

  it('does one run at a time and stops it on cancel', async () => {
    const { engine } = testEngine();
    await engine.load(TINY_PLACE, 'wasm', () => {});
    const first = engine.generate(request({ steps: 50 }), (event) => {
      if (event.type === 'progress') engine.cancel();
    });
    const second = await engine.generate(request(), () => {});
    expect(second).toMatchObject({ type: 'failed', error: { code: 'request-invalid' } });
    expect((await first).type).toBe('cancelled');
    expect((await engine.generate(request(), () => {})).type).toBe('done');
  });

  it('reports on a prompt', async () => {
    const { engine } = testEngine();
    await engine.load(TINY_PLACE, 'wasm', () => {});
    const report = await engine.inspectPrompt(`a photo of a doctor ${'very '.repeat(90)}old`);
    expect(report).toMatchObject({ ok: true, value: { maxTokens: 77 } });
    expect(report.ok && report.value.cutText.endsWith('very old')).toBe(true);
  });
});
