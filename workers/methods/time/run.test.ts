import { describe, expect, it } from 'vitest';
import { matrix, timesTransposed } from '../../../src/core/linalg';
import type { Tensor } from '../../../src/core/tensor';
import { runsOf, testHost, wordByWord } from '../../testing/host';
import { resolveParameters } from '../parameters';
import golden from './golden/time.json';
import { align } from './pairs';
import { start } from './run';
import { spec } from './spec';

type Changes = Parameters<typeof resolveParameters>[1];
const base = { uncond: wordByWord(''), cond: wordByWord(golden.prompt) };
async function runs(changes: Changes = {}, count = 1, prompt = golden.prompt) {
  const host = testHost({ prompt, encode: async (prompts) => prompts.map(wordByWord) });
  return runsOf(await start(host, resolveParameters(spec, changes)), count);
}

describe('TIME', () => {
  it.each(golden.alignments)('aligns "$source" with "$destination" as the paper\'s code does', (one) => {
    const noun = one.source.split(' ').length;
    expect(align(wordByWord(one.source), wordByWord(one.destination), noun)).toEqual(one.tokens);
  });

  it("gives the keys and values that editing each weight by the paper's code gives, to 1e-5", async () => {
    const all = await runs({ attribute: 'gender-tone-age' }, 24);
    const run = all.find((one) => same(one.trace().assigned!, golden.assigned))!;
    const { cond } = run.conditions!(base);
    [cond!.k, cond!.v].forEach((rows, layer) => {
      const expected = golden.edited[layer]!.flat();
      const got = projected(rows, golden.weights[layer]!);
      expect(Math.max(...got.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-5);
    });
  });

  it('edits the values alone where it is told to: the same rows as v, the original ones as k', async () => {
    const [both] = await runs();
    const [values] = await runs({ edited: 'values' });
    const [edited, split] = [both!.conditions!(base), values!.conditions!(base)];
    for (const branch of ['uncond', 'cond'] as const) {
      expect(split[branch]!.k).toBe(base[branch].k);
      expect(split[branch]!.v.data).toEqual(edited[branch]!.v.data);
      expect(edited[branch]!.k).toBe(edited[branch]!.v);
      expect(edited[branch]!.k).not.toEqual(base[branch].k);
    }
  });

  it('gives half of the images each value, and says what the edit does to other prompts', async () => {
    const traces = (await runs({}, 6)).map((run) => run.trace());
    expect(traces.filter(({ assigned }) => assigned!.gender === 'woman')).toHaveLength(3);
    for (const { notes } of traces) {
      expect(notes?.['leak on other prompts, mean']).toBeGreaterThan(0);
      expect(notes?.['explicit words kept, mean']).toBeGreaterThan(0);
    }
  });

  it.each([
    [{ strength: 0 }, golden.prompt, 'strength is 0'],
    [{}, 'a bowl of fruit', 'names no person'],
    [{}, 'a photo of a female doctor', 'already tells the gender'],
  ])('has no hook at %j on "%s"', async (changes, prompt, reason) => {
    const [run] = await runs(changes, 1, prompt);
    expect(Object.keys(run!)).toEqual(['trace']);
    expect(run!.trace().notes?.unchanged).toContain(reason);
  });

  it('edits "a person" too, whose noun the word replaces', async () => {
    const [run] = await runs({}, 1, 'a photo of a person');
    expect(
      run!.conditions!({ cond: wordByWord('a photo of a person') }).cond!.k.data.every(Number.isFinite),
    ).toBe(true);
  });
});

function same(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.keys(b).every((key) => a[key] === b[key]);
}

/** rows W^T, flat. */
function projected({ data, dims }: Tensor, weight: readonly (readonly number[])[]): Float64Array {
  const [tokens, width] = dims as [number, number];
  const rows = matrix(tokens, width, Float64Array.from(data));
  return timesTransposed(rows, matrix(weight.length, width, Float64Array.from(weight.flat()))).data;
}
