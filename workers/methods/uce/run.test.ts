import { describe, expect, it } from 'vitest';
import { matrix, timesTransposed } from '../../../src/core/linalg';
import { runsOf, testHost, wordByWord } from '../../testing/host';
import type { Condition } from '../method';
import { resolveParameters } from '../parameters';
import { preservePrompts } from '../textPrompts';
import golden from './golden/uce.json';
import { start } from './run';
import { spec } from './spec';

type Changes = Parameters<typeof resolveParameters>[1];
async function edit(changes: Changes, prompt = golden.prompt) {
  const host = testHost({ prompt, encode: async (prompts) => prompts.map(wordByWord) });
  const [run] = runsOf(await start(host, resolveParameters(spec, changes)), 1);
  return run!;
}

describe('UCE', () => {
  it("gives the keys and values that editing each weight by the paper's code gives, to 1e-5", async () => {
    expect(preservePrompts('doctor', { plural: false, number: '' })).toEqual(golden.preserve);
    const run = await edit(golden.values);
    const { cond } = run.conditions!({ cond: wordByWord(golden.prompt) });
    golden.weights.forEach((weight, layer) => {
      const expected = golden.edited[layer]!.flat();
      const worst = Math.max(...projected(cond!, weight).map((value, i) => Math.abs(value - expected[i]!)));
      expect(worst).toBeLessThan(1e-5);
    });
    expect(golden.weights).toHaveLength(2);
  });

  it.each([
    [{}, golden.prompt, 'All weights are 0'],
    [{ woman: 1 }, 'a bowl of fruit', 'names no person'],
  ])('has no hook with weights %j on "%s"', async (weights, prompt, reason) => {
    const run = await edit(weights, prompt);
    expect(Object.keys(run)).toEqual(['trace']);
    expect(run.trace().notes?.unchanged).toContain(reason);
  });

  it('edits the unconditional text by the same matrix, and the text of keys and values alike', async () => {
    const run = await edit({ woman: 1 });
    const set = run.conditions!({ uncond: wordByWord(''), cond: wordByWord(golden.prompt) });
    expect(Object.keys(set)).toEqual(['uncond', 'cond']);
    for (const { k, v } of Object.values(set)) expect(k).toBe(v);
  });

  it('states its leak, what explicit words keep, and that it edits one occupation', async () => {
    const { notes } = (await edit({ woman: 0.5, dark: 0.5 }, 'a photo of a doctor and a nurse')).trace();
    expect(notes?.['leak on other prompts, mean']).toBeGreaterThan(0);
    expect(notes?.['explicit words kept, mean']).toBeGreaterThan(0.5);
    expect(notes?.edited).toContain('"doctor"');
  });

  it('has a parameter for every value, within its limits', () => {
    const ids = spec.parameters.map(({ id }) => id);
    expect(ids).toEqual([
      'woman',
      'man',
      'light',
      'tan',
      'brown',
      'dark',
      'young',
      'middle',
      'old',
      'lambda',
    ]);
    expect(() => resolveParameters(spec, { woman: 3.1 })).toThrow('woman');
    expect(() => resolveParameters(spec, { lambda: 0 })).toThrow('lambda');
  });
});

/** rows W^T, flat. */
function projected({ k }: Condition, weight: readonly (readonly number[])[]): Float64Array {
  const [tokens, width] = k.dims as [number, number];
  const rows = matrix(tokens, width, Float64Array.from(k.data));
  return timesTransposed(rows, matrix(weight.length, width, Float64Array.from(weight.flat()))).data;
}
