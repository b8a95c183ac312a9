import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ErrorReport } from '../../core/errors';
import { type Archive, MemoryArchive, type StoredImage, type StoredRun } from './archive';
import { MIGRATIONS, openArchive, storageError } from './database';
import { createHistoryStore } from './historyStore';
import { Recorder } from './recorder';

const run = (id: string, createdAt: number): StoredRun => ({
  id,
  createdAt,
  model: { id: 'people', title: 'People', hash: 'ab' },
  attributes: [],
  backend: 'wasm, 2 threads',
  request: {
    prompt: 'a doctor',
    seeds: [1],
    steps: 4,
    guidanceScale: 3,
    scheduler: 'ddim',
    batchSize: 1,
    lanes: [{ id: 'lane-1', name: 'Base', method: 'base', parameters: {} }],
    targets: [],
  },
  status: 'running',
  notes: [],
  error: null,
  timings: null,
  made: 0,
});

const image = (runId: string, index: number, laneId = 'lane-1'): StoredImage => ({
  runId,
  laneId,
  index,
  seed: index,
  width: 1,
  height: 1,
  people: [],
  trace: {},
  milliseconds: 5,
  png: new Uint8Array([index]),
});

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

describe.each<[string, () => Promise<Archive>]>([
  ['IndexedDB', () => openArchive()],
  ['memory', async () => new MemoryArchive()],
])('an archive in %s', (_, open) => {
  it('lists runs newest first and overwrites a run of the same id', async () => {
    const archive = await open();
    await archive.saveRun(run('a', 1));
    await archive.saveRun(run('b', 3));
    await archive.saveRun({ ...run('a', 1), status: 'done', made: 7 });
    expect((await archive.list()).map(({ id, made }) => [id, made])).toEqual([
      ['b', 0],
      ['a', 7],
    ]);
  });

  it('keeps the images of runs apart, also when one id begins like another', async () => {
    const archive = await open();
    for (const [id, index] of [
      ['a', 0],
      ['ab', 1],
      ['a', 2],
      ['b', 3],
    ] as const)
      await archive.saveImage(image(id, index));
    expect((await archive.images('a')).map(({ index }) => index)).toEqual([0, 2]);
    expect((await archive.images('a', 1)).map(({ index }) => index)).toEqual([0]);
    expect((await archive.images('ab')).map(({ index }) => index)).toEqual([1]);
  });

  it('gives back the bytes of a picture', async () => {
    const archive = await open();
    await archive.saveImage(image('a', 9));
    expect([...(await archive.images('a'))[0]!.png]).toEqual([9]);
  });

  it('removes a run with its images and nothing else', async () => {
    const archive = await open();
    for (const id of ['a', 'b']) {
      await archive.saveRun(run(id, 1));
      await archive.saveImage(image(id, 0));
    }
    await archive.remove('a');
    expect((await archive.list()).map(({ id }) => id)).toEqual(['b']);
    expect(await archive.images('a')).toEqual([]);
    expect(await archive.images('b')).toHaveLength(1);
  });
});

describe('the database over versions', () => {
  it('keeps runs that an older page wrote', async () => {
    const old = await openArchive('evenhand', MIGRATIONS.slice(0, 1));
    await old.saveRun(run('old', 1));
    await old.saveImage(image('old', 0));
    const now = await openArchive();
    expect((await now.list()).map(({ id }) => id)).toEqual(['old']);
    expect(await now.images('old')).toHaveLength(1);
  });

  it('says so when a newer page wrote it, and leaves it alone', async () => {
    await openArchive('evenhand', [...MIGRATIONS, () => undefined]);
    await expect(openArchive()).rejects.toMatchObject({
      code: 'storage-unavailable',
      message: expect.stringContaining('newer version'),
    });
  });

  it('does not list a damaged record, and lists the others', async () => {
    const archive = await openArchive();
    await archive.saveRun(run('good', 1));
    await archive.saveRun({ ...run('bad', 2), request: null } as unknown as StoredRun);
    expect((await archive.list()).map(({ id }) => id)).toEqual(['good']);
  });

  it('says so when the browser has none', async () => {
    globalThis.indexedDB = {
      open: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    } as unknown as IDBFactory;
    await expect(openArchive()).rejects.toMatchObject({ code: 'storage-unavailable' });
  });
});

describe('the recorder', () => {
  it('reports a full disk once, stops writing and lets the run go on', async () => {
    const archive = new MemoryArchive();
    let writes = 0;
    archive.saveImage = async () => {
      writes++;
      throw storageError(new DOMException('full', 'QuotaExceededError'));
    };
    const troubles: ErrorReport[] = [];
    const recorder = new Recorder(archive, (report) => troubles.push(report));
    recorder.run(run('a', 1));
    for (let i = 0; i < 3; i++) recorder.image(image('a', i));
    await recorder.settled();
    expect(troubles.map(({ code }) => code)).toEqual(['storage-full']);
    expect(writes).toBe(1);
    expect(await archive.list()).toHaveLength(1);
  });
});

describe('deleting a run', () => {
  it('hides it at once, brings it back on undo, and forgets it only afterwards', async () => {
    const archive = new MemoryArchive();
    await archive.saveRun(run('a', 1));
    const history = createHistoryStore();
    await history.getState().use(archive, true);
    history.getState().hide('a');
    await history.getState().refresh();
    expect(history.getState().runs).toEqual([]);
    expect(await archive.list()).toHaveLength(1);

    history.getState().unhide('a');
    await history.getState().forget('a');
    await history.getState().refresh();
    expect(history.getState().runs).toHaveLength(1);

    history.getState().hide('a');
    await history.getState().forget('a');
    expect(await archive.list()).toEqual([]);
  });
});
