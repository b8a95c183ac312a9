import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { projectorId } from '../../../workers/projector/identity';
import { madeProjector } from '../../../workers/projector/testing/made';
import type { Projector } from '../../../workers/projector/types';
import type { RunRequest } from '../../../workers/protocol';
import { openKeep as openDatabase } from '../keep/database';
import { type Keep, MemoryKeep } from '../keep/keep';
import type { KeptProjector } from './keep';
import { createMarkStore, markKey } from './markStore';
import { createProjectorStore } from './projectorStore';
import type { Mark, SetName } from './sources';

async function projectorOf(name: string, createdAt: number, hash = 'a'): Promise<Projector> {
  const projector = madeProjector({ name, createdAt, model: { title: 'Tiny', hash: hash.repeat(64) } });
  return { ...projector, id: await projectorId(projector) };
}

const requestOf = (projector: string): RunRequest => ({
  prompt: 'a photo of a person',
  seeds: [1],
  steps: 4,
  guidanceScale: 1,
  scheduler: 'ddim',
  batchSize: 1,
  lanes: [
    { id: 'a', name: 'A', method: 'base', parameters: { projector } },
    { id: 'b', name: 'B', method: 'rs-corrector', parameters: { projector } },
    { id: 'c', name: 'C', method: 'rs-corrector', parameters: { projector } },
  ],
  targets: [],
});

let databases = 0;
const KEEPS: readonly (readonly [string, () => Promise<Keep<KeptProjector>>])[] = [
  ['memory', async () => new MemoryKeep()],
  ['IndexedDB', () => openDatabase(`projectors-${databases++}`)],
];

describe.each(KEEPS)('projectors kept in %s', (_, openKeep) => {
  async function storeWithTwo() {
    const store = createProjectorStore();
    await store.getState().use(await openKeep(), true);
    const [older, newer] = [await projectorOf('Older', 1), await projectorOf('Newer', 2, 'b')];
    await store.getState().add(newer);
    await store.getState().add(older);
    return { store, older, newer };
  }
  const names = ({ getState }: ReturnType<typeof createProjectorStore>) =>
    getState().kept?.map(({ name }) => name);

  it('are listed newest first, with what they can tell apart', async () => {
    const { store, newer } = await storeWithTwo();
    expect(names(store)).toEqual(['Newer', 'Older']);
    const [first] = store.getState().kept ?? [];
    expect(first).toMatchObject({ id: newer.id, model: newer.model, training: newer.training });
    expect(first!.groups).toEqual([{ id: 'dark', title: 'Dark', separation: newer.groups[0]!.separation }]);
  });

  it('come with a run whose lanes name them, once each, and no others do', async () => {
    const { store, older } = await storeWithTwo();
    expect(await store.getState().usedBy(requestOf(older.id))).toEqual([older]);
    expect(await store.getState().usedBy(requestOf(''))).toEqual([]);
    expect(await store.getState().usedBy(requestOf('0000000000000000'))).toEqual([]);
  });

  it('keep their identity under another name, also through a file', async () => {
    const { store, older } = await storeWithTwo();
    await store.getState().rename(older.id, 'Renamed');
    expect(names(store)).toEqual(['Newer', 'Renamed']);
    const file = await store.getState().exportFile(older.id);
    await store.getState().remove(older.id);
    expect(names(store)).toEqual(['Newer']);
    expect(await store.getState().exportFile(older.id)).toBeUndefined();

    expect(await store.getState().importFile(file!)).toEqual({ ...older, name: 'Renamed' });
    expect(names(store)).toEqual(['Newer', 'Renamed']);
  });

  it('are not replaced by a file that is none', async () => {
    const { store } = await storeWithTwo();
    await expect(store.getState().importFile(new Uint8Array(100))).rejects.toMatchObject({
      code: 'metadata-invalid',
    });
    expect(names(store)).toEqual(['Newer', 'Older']);
  });
});

describe('projectors in IndexedDB', () => {
  it('are there after the page was opened again', async () => {
    const name = `projectors-${databases++}`;
    const first = createProjectorStore();
    await first.getState().use(await openDatabase(name), true);
    const projector = await projectorOf('Kept', 3);
    await first.getState().add(projector);
    const second = createProjectorStore();
    await second.getState().use(await openDatabase(name), true);
    expect(second.getState().kept).toEqual(first.getState().kept);
    expect(await second.getState().usedBy(requestOf(projector.id))).toEqual([projector]);
  });
});

describe('a training', () => {
  it('is shown with the loss of every step, until it ends', () => {
    const store = createProjectorStore();
    store.getState().progress({ stage: 'encode', done: 1, total: 2 });
    expect(store.getState().training).toBeNull();
    store.getState().begin('Mine');
    store.getState().progress({ stage: 'encode', done: 2, total: 2 });
    store.getState().progress({ stage: 'train', done: 1, total: 2, loss: 3 });
    store.getState().progress({ stage: 'train', done: 2, total: 2, loss: 1 });
    expect(store.getState().training).toMatchObject({ name: 'Mine', losses: [3, 1], cancelling: false });
    store.getState().setCancelling();
    expect(store.getState().training?.cancelling).toBe(true);
    store.getState().end();
    expect(store.getState().training).toBeNull();
  });
});

describe('marks on generated pictures', () => {
  const mark = (set: SetName): Mark => ({ set, png: new Uint8Array(1), people: [] });
  const sets = (store: ReturnType<typeof createMarkStore>) =>
    [...store.getState().marks].map(([key, { set }]) => [key, set]);

  it('are set, changed and taken back, one by one or a lane at a time', () => {
    const store = createMarkStore();
    const [first, second] = [markKey('run', 'lane', 0), markKey('run', 'lane', 1)];
    store.getState().toggle(first, mark('fair'));
    store.getState().toggle(first, mark('stereotypical'));
    expect(sets(store)).toEqual([[first, 'stereotypical']]);
    store.getState().add(new Map([first, second].map((key) => [key, mark('fair')])));
    expect(sets(store)).toEqual([
      [first, 'fair'],
      [second, 'fair'],
    ]);
    store.getState().toggle(first, mark('fair'));
    expect(sets(store)).toEqual([[second, 'fair']]);
    store.getState().clear();
    expect(sets(store)).toEqual([]);
  });
});
