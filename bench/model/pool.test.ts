import { describe, expect, it } from 'vitest';
import { answersOf, costOf, inChunks, type Job, keyOf } from './jobs';
import { runJobs, unanswered } from './pool';

const settings = { steps: 16, guidanceScale: 2.5, scheduler: 'ddim' as const };
const draw = (prompt: string, ...seeds: number[]): Job => ({ kind: 'draw', prompt, seeds, settings });

describe('jobs', () => {
  it('are done once each, however many parts ask for them, and not again when answered', () => {
    const [a, b, c] = [draw('a', 1), draw('b', 1), draw('a', 2)];
    expect(unanswered([a!, b!, draw('a', 1), c!], keyOf, (job) => job === b)).toEqual([a, c]);
  });

  it('of another variant, or at other steps, are other jobs', () => {
    const of = (changes: object) =>
      keyOf({ kind: 'draw', prompt: 'a', seeds: [1], settings: { ...settings, ...changes } });
    expect(new Set([of({}), of({ variant: 'fast' }), of({ steps: 4 }), of({ guidanceScale: 1 })]).size).toBe(
      4,
    );
  });

  it('cost what the UNet is asked: twice as much with guidance', () => {
    const cost = (guidanceScale: number) =>
      costOf({ kind: 'draw', prompt: 'a', seeds: [1, 2], settings: { ...settings, guidanceScale } });
    expect([cost(2.5), cost(1)]).toEqual([2 * (32 + 2), 2 * (16 + 2)]);
  });

  it('hold every seed once', () => {
    expect(inChunks(10, 5, 2, (seeds) => seeds)).toEqual([[10, 11], [12, 13], [14]]);
  });

  it('without an answer are an error, not an empty list', () => {
    expect(() =>
      answersOf(new Map()).roundTrips([{ kind: 'round-trip', sampler: 'world', seeds: [1] }]),
    ).toThrow('was never run');
  });
});

describe('the pool', () => {
  it('says why a process cannot start, and does not wait for it', async () => {
    const run = runJobs([draw('a', 1)], {
      worker: 'bench/model/worker.ts',
      args: ['--model', 'no/such/model'],
      processes: 2,
      onAnswer: () => {},
    });
    await expect(run).rejects.toThrow(/manifest\.json/);
  }, 120_000);
});
