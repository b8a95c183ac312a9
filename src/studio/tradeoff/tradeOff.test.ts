import { describe, expect, it } from 'vitest';
import type { AttributeInfo, Lane, RunRequest } from '../../../workers/protocol';
import { tradeOffSentence, tradeOffTable } from '../../charts/TradeOffChart';
import { createRunStore, type Shot } from '../run/runStore';
import { createSimilarityStore } from './similarityStore';
import { baseLane, changeOf, picturePairs, tradeOffRows } from './tradeOff';

const gender: AttributeInfo = {
  id: 'gender',
  title: 'Gender presentation',
  values: [
    { id: 'woman', title: 'Woman' },
    { id: 'man', title: 'Man' },
  ],
  unclearBelow: 0.6,
};
const target = { attribute: 'gender', shares: { woman: 0.5, man: 0.5 } };
const lane = (id: string, method: string): Lane => ({ id, name: `The ${id}`, method, parameters: {} });
const lanes = [lane('a', 'mist'), lane('b', 'base'), lane('c', 'uce')];

function runOf(drawnLanes: readonly Lane[]) {
  const run = createRunStore();
  run.getState().begin({
    id: 'run',
    createdAt: 0,
    model: { id: 'people', title: 'People', hash: 'h' },
    attributes: [gender],
    backend: 'wasm',
    request: { seeds: [5, 6], lanes: drawnLanes } as unknown as RunRequest,
  });
  return run;
}

function shot(laneId: string, index: number, woman: number): Shot {
  return {
    ...{ laneId, index, seed: 5 + index, width: 16, height: 16, trace: {}, milliseconds: 1 },
    people: [{ box: [0, 0, 4, 4], score: 1, attributes: { gender: [woman, 1 - woman] } }],
    png: { bytes: Uint8Array.of(index, laneId.charCodeAt(0)), url: '' },
  };
}

describe('the trade-off', () => {
  it('pairs each picture with the base model’s of the same seed, wherever the base lane stands', () => {
    const run = runOf(lanes);
    for (const laneId of ['a', 'b', 'c']) run.getState().addShot(shot(laneId, 0, 0.9));
    run.getState().addShot(shot('c', 1, 0.9));
    expect(baseLane(run.getState(), lanes)?.id).toBe('b');
    const pairs = picturePairs(run.getState(), lanes);
    // Seed 6 has no picture in the base lane yet.
    expect(pairs.map(({ key }) => key)).toEqual(['run/b/a/0', 'run/b/c/0']);
    expect([...pairs[1]!.base, ...pairs[1]!.other]).toEqual([0, 98, 0, 99]);
  });

  it('puts the base model at no change and a lane at the mean distance of its pictures', () => {
    const run = runOf(lanes);
    for (const index of [0, 1]) {
      run.getState().addShot(shot('a', index, index === 0 ? 0.9 : 0.1));
      run.getState().addShot(shot('b', index, 0.1));
    }
    const rows = tradeOffRows(run.getState(), lanes, { 'run/b/a/0': 0.9, 'run/b/a/1': 0.7 }, gender, target);
    const [a, base, c] = rows;
    expect(a?.change?.value).toBeCloseTo(0.2, 10);
    expect(a?.change).toMatchObject({ pictures: 2 });
    expect(a?.change?.low).toBeCloseTo(0.1, 10);
    expect(a?.change?.high).toBeCloseTo(0.3, 10);
    // One woman and one man; two men: the formula of the bias by hand.
    expect(a?.figure?.value).toBe(0);
    expect(base).toMatchObject({ isBase: true, change: { value: 0 }, n: 2, figure: { value: 1 } });
    expect(c).toMatchObject({ change: null, n: 0, figure: null });

    expect(tradeOffTable(rows).rows[0]).toEqual([
      ...['The a', '0.20', '0.10 to 0.30', '2'],
      ...['0.00', `0.00 to ${a?.figure?.high.toFixed(2)}`, a?.figure?.floor.toFixed(2), '2'],
    ]);
    const sentence = tradeOffSentence(rows, 'Gender presentation');
    expect(sentence).toContain('The a: change 0.20 (0.10 to 0.30) over 2 pictures, Bias-W 0.00');
    expect(sentence).toContain('The b: the reference, Bias-W 1.00');
    expect(sentence).toContain('The c: not compared yet, Bias-W not read yet');
  });

  it('says nothing of the spread from one pair, and has no point without a base lane', () => {
    expect(changeOf([0.25])).toEqual({ value: 0.25, low: null, high: null, pictures: 1 });
    expect(changeOf([])).toBeNull();
    const others = lanes.filter(({ method }) => method !== 'base');
    const run = runOf(others);
    expect(picturePairs(run.getState(), others)).toEqual([]);
    expect(tradeOffRows(run.getState(), others, {}, gender, target)).toEqual([]);
  });
});

describe('the comparer of pictures', () => {
  const pair = (key: string) => ({ key, base: Uint8Array.of(1), other: Uint8Array.of(2) });

  it('compares every pair once, and forgets those that are no longer wanted', async () => {
    const asked: number[] = [];
    const store = createSimilarityStore(async (a) => {
      asked.push(a[0]!);
      return 0.5;
    });
    store.getState().want([pair('1'), pair('2')]);
    store.getState().want([pair('1'), pair('2'), pair('3')]);
    await expect.poll(() => Object.keys(store.getState().values)).toEqual(['1', '2', '3']);
    store.getState().want([pair('2'), pair('4')]);
    await expect.poll(() => Object.keys(store.getState().values)).toEqual(['2', '4']);
    expect(asked).toHaveLength(4);
  });

  it('says in words what went wrong, and tries again when asked anew', async () => {
    let broken = true;
    const store = createSimilarityStore(async () => {
      if (broken) throw new RangeError('of two sizes');
      return 1;
    });
    store.getState().want([pair('1')]);
    await expect.poll(() => store.getState().error?.detail).toContain('of two sizes');
    broken = false;
    store.getState().want([pair('1')]);
    await expect.poll(() => store.getState().values).toEqual({ 1: 1 });
    expect(store.getState().error).toBeNull();
  });
});
