import { describe, expect, it } from 'vitest';
import { conditionsOf, runsOf, stepOf, testHost } from '../../testing/host';
import { resolveParameters } from '../parameters';
import { start } from './run';
import { spec } from './spec';

type Changes = Parameters<typeof resolveParameters>[1];
const base = conditionsOf('a photo of a doctor');
const runs = async (changes: Changes = {}, count = 1, prompt = 'a photo of a doctor') =>
  runsOf(await start(testHost({ prompt }), resolveParameters(spec, changes)), count);

describe('attribute switching', () => {
  it('begins with the plain prompt and goes on with the value, 2 of 16 steps in', async () => {
    const [run] = await runs();
    const word = run!.trace().assigned!.gender === 'woman' ? 'female' : 'male';
    const prompts = Array.from(
      { length: 16 },
      (_, index) => run!.stepConditions!(stepOf(index, 16), base).cond!.prompt,
    );
    expect(prompts.slice(0, 2)).toEqual(new Array(2).fill('a photo of a doctor'));
    expect(prompts.slice(2)).toEqual(new Array(14).fill(`a photo of a ${word} doctor`));
  });

  it('leaves the unconditional branch as it is, and every plain step the very condition of the base', async () => {
    const [run] = await runs();
    expect(run!.stepConditions!(stepOf(0, 16), base)).toBe(base);
    expect(run!.stepConditions!(stepOf(15, 16), base).uncond).toBe(base.uncond);
  });

  it('gives the values by quota', async () => {
    const assigned = (await runs({ attribute: 'tone' }, 8)).map((run) => run.trace().assigned!.tone);
    expect(assigned.toSorted()).toEqual(['brown', 'brown', 'dark', 'dark', 'light', 'light', 'tan', 'tan']);
  });

  it.each([
    [{ switchAfter: 1 }, 'a photo of a doctor', 'never switches'],
    [{}, 'a bowl of fruit', 'names no person'],
    [{}, 'a photo of a female doctor', 'already tells the gender'],
  ])('has no hook at %j on "%s"', async (changes, prompt, reason) => {
    const [run] = await runs(changes, 1, prompt);
    expect(Object.keys(run!)).toEqual(['trace']);
    expect(run!.trace().notes?.unchanged).toContain(reason);
  });

  it('refuses a share beyond the run', () => {
    expect(() => resolveParameters(spec, { switchAfter: 1.1 })).toThrow(
      'got 1.1 for its parameter "switchAfter"',
    );
  });
});
