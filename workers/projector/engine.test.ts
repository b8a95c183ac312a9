import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngine } from '../engineCore';
import type { Engine, RunOutcome } from '../protocol';
import { createNodeRuntime } from '../runtime/node';
import { openOnDisk, request, TINY_PLACE } from '../testing/tiny';

let engine: Engine;
beforeAll(async () => {
  engine = createEngine({ openSource: openOnDisk, openRuntime: () => createNodeRuntime(1) });
  await engine.load(TINY_PLACE, 'wasm', () => {});
}, 60_000);
afterAll(() => engine.cancel());

const job = { name: 'Test', source: 'nothing', groups: [], steps: 1, seed: 1 };

it('answers a training that cannot be as a report', async () => {
  const answer = await engine.trainProjector(job, () => {});
  expect(answer).toMatchObject({ ok: false, error: { code: 'model-unsupported' } });
});

it('trains no projector while a request runs, and runs one again afterwards', async () => {
  let during: unknown;
  const run = (): Promise<RunOutcome> =>
    engine.generate(request(), (event) => {
      if (event.type === 'image') during ??= engine.trainProjector(job, () => {});
    });
  expect((await run()).type).toBe('done');
  expect(await during).toMatchObject({ ok: false, error: { code: 'request-invalid' } });
  expect((await run()).type).toBe('done');
});
