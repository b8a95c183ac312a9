import { describe, expect, it } from 'vitest';
import { type Tensor, tensor } from '../../../src/core/tensor';
import { conditionsOf, runsOf, stepOf, testHost } from '../../testing/host';
import { resolveParameters } from '../parameters';
import { start } from './run';
import { spec } from './spec';

type Changes = Parameters<typeof resolveParameters>[1];
const prepare = (changes: Changes = {}, prompt = 'a photo of a doctor') =>
  start(testHost({ prompt }), resolveParameters(spec, changes));
const base = conditionsOf('a photo of a doctor');
const flat = (value: number): Tensor => tensor(new Float32Array(8).fill(value), [2, 2, 2]);
const branchesAt = (run: ReturnType<typeof runsOf>[number], index: number, total = 50) =>
  Object.keys(run.stepConditions!(stepOf(index, total), base));

describe('FairDiffusion', () => {
  it.each([
    [{ scale: 0 }, 'a photo of a doctor', 'strength is 0'],
    [{}, 'a bowl of fruit', 'names no person'],
    [{}, 'a photo of a female doctor', 'already tells the gender'],
  ])('has no hook at %j on "%s"', async (changes, prompt, reason) => {
    const [run] = runsOf(await prepare(changes, prompt), 1);
    expect(Object.keys(run!)).toEqual(['trace']);
    expect(run!.trace().notes?.unchanged).toContain(reason);
  });

  it('adds one branch for every value: 2 for gender, 4 for tone, 6 for both crossed', async () => {
    for (const [attribute, count] of Object.entries({ gender: 2, tone: 4, 'gender-tone': 6 })) {
      const [run] = runsOf(await prepare({ attribute }), 1);
      expect(branchesAt(run!, 0)).toHaveLength(2 + count);
    }
    const [run] = runsOf(await prepare(), 1);
    const set = run!.stepConditions!(stepOf(0, 50), base);
    expect(set.cond).toBe(base.cond);
    expect(set['edit gender woman']!.prompt).toBe('a woman');
  });

  it('steers towards the value that the image was given, by quota', async () => {
    const runs = runsOf(await prepare({ threshold: 0, momentumScale: 0 }), 4);
    for (const run of runs) {
      const predictions = {
        uncond: flat(1),
        cond: flat(2),
        'edit gender woman': flat(3),
        'edit gender man': flat(0.5),
      };
      // 1 + 2 (2 - 1) = 3 is plain guidance; towards the woman adds 4 ((3 - 1) - (0.5 - 1)) = 10.
      const steered = run.combine!(stepOf(10, 50, 2), predictions).data[0];
      expect(steered).toBe(run.trace().assigned!.gender === 'woman' ? 13 : -7);
    }
    expect(runs.filter((run) => run.trace().assigned!.gender === 'woman')).toHaveLength(2);
  });

  it('waits for its warm-up, 10 of 50 steps, but gathers momentum', async () => {
    const predictions = {
      uncond: flat(0),
      cond: flat(1),
      'edit gender woman': flat(1),
      'edit gender man': flat(0),
    };
    const steered = async (from: number) => {
      const [run] = runsOf(await prepare({ threshold: 0 }), 1);
      for (let index = from; index < 10; index++) {
        expect(run!.combine!(stepOf(index, 50, 2), predictions).data).toEqual(flat(2).data);
      }
      return Math.abs(run!.combine!(stepOf(10, 50, 2), predictions).data[0]! - 2);
    };
    expect(await steered(10)).toBe(4);
    expect(await steered(0)).toBeGreaterThan(4.5);
  });

  it('asks the UNet for the edits only while they count', async () => {
    const [run] = runsOf(await prepare({ cooldown: 0.5 }), 1);
    expect([0, 24, 25, 49].map((index) => branchesAt(run!, index).length)).toEqual([4, 4, 2, 2]);
    const [still] = runsOf(await prepare({ momentumScale: 0 }), 1);
    expect([0, 9, 10, 49].map((index) => branchesAt(still!, index).length)).toEqual([2, 2, 4, 4]);
    // No momentum in a run of 4 steps: its first step is all warm-up.
    const [short] = runsOf(await prepare(), 1);
    expect([0, 1, 2, 3].map((index) => branchesAt(short!, index, 4).length)).toEqual([2, 4, 4, 4]);
  });

  it('takes the prompt as its point of reference where guidance is off', async () => {
    const [run] = runsOf(await prepare({ threshold: 0, warmup: 0, momentumScale: 0 }), 1);
    const woman = run!.trace().assigned!.gender === 'woman';
    const predictions = { cond: flat(2), 'edit gender woman': flat(3), 'edit gender man': flat(2) };
    expect(run!.combine!(stepOf(0, 4, 1), predictions).data[0]).toBe(woman ? 6 : -2);
  });

  it('refuses to cool down before it has warmed up', async () => {
    await expect(prepare({ warmup: 0.6, cooldown: 0.5 })).rejects.toMatchObject({ code: 'method-parameter' });
  });
});
