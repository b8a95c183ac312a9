import { describe, expect, it } from 'vitest';
import { conditionsOf, runsOf, stepOf, testHost, wordByWord } from '../../testing/host';
import { resolveParameters } from '../parameters';
import { rowOf } from '../textRows';
import { nudge, start } from './run';
import { spec } from './spec';

type Changes = Parameters<typeof resolveParameters>[1];
const base = conditionsOf('a photo of a doctor');
const runs = async (changes: Changes = {}, count = 1, prompt = 'a photo of a doctor') =>
  runsOf(await start(testHost({ prompt }), resolveParameters(spec, changes)), count);

describe('weak guidance', () => {
  it('moves the rows from the end token on, and no word', () => {
    const [plain, telling] = [wordByWord('a photo of a doctor'), wordByWord('a photo of a female doctor')];
    const all = nudge(plain, telling, 1);
    const half = nudge(plain, telling, 0.5);
    for (let row = 0; row < plain.eos; row++) expect(rowOf(all, row)).toEqual(rowOf(plain, row));
    for (let row = plain.eos; row < 15; row++) {
      const goal = rowOf(telling, row + 1);
      const start = rowOf(plain, row);
      for (let i = 0; i < goal.length; i++) {
        expect(rowOf(all, row)[i]).toBeCloseTo(goal[i]!, 5);
        expect(rowOf(half, row)[i]).toBeCloseTo((goal[i]! + start[i]!) / 2, 5);
      }
    }
    // The shifted row of the last one is the last one.
    expect(rowOf(all, 15)[0]).toBeCloseTo(rowOf(telling, 15)[0]!, 5);
  });

  it('acts on even steps of the first half alone', async () => {
    const [run] = await runs();
    const acts = Array.from(
      { length: 10 },
      (_, index) => run!.stepConditions!(stepOf(index, 10), base) !== base,
    );
    expect(acts).toEqual([true, false, true, false, true, false, false, false, false, false]);
    expect(run!.stepConditions!(stepOf(0, 10), base).uncond).toBe(base.uncond);
  });

  it('gives the values by quota', async () => {
    const assigned = (await runs({}, 6)).map((run) => run.trace().assigned!.gender);
    expect(assigned.filter((value) => value === 'woman')).toHaveLength(3);
  });

  it.each([
    [{ strength: 0 }, 'a photo of a doctor', 'strength is 0'],
    [{}, 'a bowl of fruit', 'names no person'],
    [{}, 'a photo of a female doctor', 'already tells the gender'],
  ])('has no hook at %j on "%s"', async (changes, prompt, reason) => {
    const [run] = await runs(changes, 1, prompt);
    expect(Object.keys(run!)).toEqual(['trace']);
    expect(run!.trace().notes?.unchanged).toContain(reason);
  });

  it('refuses to act until no step', () => {
    expect(() => resolveParameters(spec, { until: 0 })).toThrow('got 0 for its parameter "until"');
  });
});
