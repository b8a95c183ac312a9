import { describe, expect, it } from 'vitest';
import { createEngine, type EngineHost } from './engineCore';
import type { Probe } from './pipeline/probe';
import type { RunEvent } from './protocol';
import type { References } from './references';
import { createNodeRuntime } from './runtime/node';
import { openOnDisk, request, TINY_PLACE } from './testing/tiny';

/** An engine on Node whose GPU can be lost at will. */
function testEngine(changes: Partial<EngineHost> = {}) {
  const lose: (() => void)[] = [];
  const host: EngineHost = {
    openSource: openOnDisk,
    async openRuntime() {
      const lost = new Promise<string>((resolve) => lose.push(() => resolve('gone')));
      return { ...(await createNodeRuntime(1)), lost };
    },
    ...changes,
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

  it('draws the reference of its check once, and finds numbers that are finite but wrong', async () => {
    const kept = new Map<string, Probe>();
    const references: References = {
      read: async (key) => kept.get(key),
      keep: async (key, probe) => void kept.set(key, probe),
    };
    const { engine, lose } = testEngine({ references });
    await engine.load(TINY_PLACE, 'wasm', () => {});
    let signs = 0;
    const first = await engine.checkDevice((...told: unknown[]) => {
      expect(told).toEqual([]); // a function among them could not reach the page
      signs++;
    });
    expect(first).toMatchObject({ ok: true, value: { latent: 0, pixel: 0, agrees: true } });
    expect(signs).toBeGreaterThan(4);
    expect([lose.length, kept.size]).toEqual([2, 1]);
    const [probe] = kept.values();
    probe!.latent.data[5]! += 0.5;
    const second = await engine.checkDevice(() => {});
    expect(lose).toHaveLength(2);
    expect(second).toMatchObject({ ok: true, value: { agrees: false } });
    expect(second.ok && second.value.latent).toBeCloseTo(0.5, 5);
  });

  it('says that a model cannot be checked where the CPU cannot run it', async () => {
    let opened = 0;
    const { engine } = testEngine({
      openRuntime: async () => {
        if (opened++ > 0) throw new RangeError('out of memory');
        return createNodeRuntime(1);
      },
    });
    await engine.load(TINY_PLACE, 'wasm', () => {});
    expect(await engine.checkDevice(() => {})).toMatchObject({
      ok: false,
      error: { code: 'model-too-large' },
    });
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
