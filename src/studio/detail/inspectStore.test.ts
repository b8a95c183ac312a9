import { describe, expect, it } from 'vitest';
import type { InspectedImage } from '../../../workers/inspect/types';
import { EvenhandError, reportOf } from '../../core/errors';
import { createInspectStore, type Inspect } from './inspectStore';

const data = { steps: [] } as unknown as InspectedImage;
const images = [
  { laneId: 'a', index: 1 },
  { laneId: 'b', index: 1 },
];

describe('the inspections of an open image', () => {
  it('are made one after the other, with progress, and once', async () => {
    const asked: string[] = [];
    const by: Inspect = async (laneId, index, onProgress) => {
      asked.push(`${laneId}${index}`);
      onProgress({ done: 3, total: 16 });
      expect(store.getState().known[`${laneId}/${index}`]).toEqual({
        status: 'running',
        progress: { done: 3, total: 16 },
      });
      return { ok: true, value: data };
    };
    const store = createInspectStore();
    await store.getState().inspect(images, by);
    await store.getState().inspect(images, by);
    expect(asked).toEqual(['a1', 'b1']);
    expect(store.getState().known['b/1']).toEqual({ status: 'done', data });
  });

  it('stop at the first that fails or is stopped, and can be asked for again', async () => {
    const store = createInspectStore();
    const failing =
      (code: 'cancelled' | 'internal'): Inspect =>
      async () => ({ ok: false, error: reportOf(new EvenhandError(code, 'No.', 'Again.')) });
    await store.getState().inspect(images, failing('cancelled'));
    expect(store.getState().known).toEqual({ 'a/1': { status: 'stopped' } });
    await store.getState().inspect(images, failing('internal'));
    expect(store.getState().known['a/1']).toMatchObject({ status: 'failed', error: { message: 'No.' } });
  });

  it('are forgotten when the image is closed, also one that comes in later', async () => {
    const store = createInspectStore();
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    const going = store.getState().inspect(images, async () => {
      await promise;
      return { ok: true, value: data };
    });
    store.getState().clear();
    resolve();
    await going;
    expect(store.getState().known).toEqual({});
  });
});
