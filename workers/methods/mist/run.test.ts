import { describe, expect, it } from 'vitest';
import { bagOfWords, conditionsOf, distance, endRow, runsOf, testHost } from '../../testing/host';
import { start } from './run';

const parameters = {
  mode: 'null',
  attribute: 'gender',
  rho: 1e-3,
  strength: 1,
  preserve: true,
  assignment: 'quota',
};
const base = conditionsOf('a doctor');

async function edit(changes: Partial<typeof parameters> = {}, prompt = 'a photo of a doctor') {
  const [run] = runsOf(await start(testHost({ prompt }), { ...parameters, ...changes }), 1);
  return run!;
}

describe('MIST', () => {
  it('hands the text back untouched at strength 0, and where nobody is named', async () => {
    for (const run of [await edit({ strength: 0 }), await edit({}, 'a bowl of fruit')]) {
      expect(run.conditions).toBeUndefined();
      expect(run.trace().notes?.unchanged).toBeTypeOf('string');
    }
  });

  it('brings the source and its guidances to one point, when it removes', async () => {
    const run = await edit();
    const rows = ['a doctor', 'a female doctor', 'a male doctor'].map((prompt) =>
      endRow(run.conditions!({ cond: bagOfWords(prompt) }).cond!),
    );
    const before = distance(endRow(bagOfWords('a female doctor')), endRow(bagOfWords('a male doctor')));
    expect(distance(rows[1]!, rows[2]!)).toBeLessThan(0.02 * before);
    expect(distance(rows[0]!, rows[1]!)).toBeLessThan(0.02 * before);
  });

  it('goes half way at strength 0.5', async () => {
    const full = endRow((await edit()).conditions!(base).cond!);
    const half = endRow((await edit({ strength: 0.5 })).conditions!(base).cond!);
    const middle = full.map((value, i) => (value + endRow(base.cond!)[i]!) / 2);
    expect(distance(half, middle)).toBeLessThan(1e-5);
  });

  it('sends the source to each guidance in turn, by quota, when it has a target', async () => {
    const method = await start(testHost(), { ...parameters, mode: 'target', preserve: false });
    const runs = runsOf(method, 4);
    const goals = { woman: 'a female doctor', man: 'a male doctor' } as Record<string, string>;
    const counts: Record<string, number> = {};
    for (const run of runs) {
      const value = run.trace().assigned!.gender!;
      counts[value] = (counts[value] ?? 0) + 1;
      const goal = endRow(bagOfWords(goals[value]!));
      const moved = endRow(run.conditions!(base).cond!);
      expect(distance(moved, goal)).toBeLessThan(0.01 * distance(endRow(base.cond!), goal));
    }
    expect(counts).toEqual({ woman: 2, man: 2 });
  });

  it('leaks less into other prompts with a preserve set, and states the leak', async () => {
    const leakOf = async (preserve: boolean) => {
      const run = await edit({ mode: 'target', preserve, rho: 1e-2 });
      return Number(run.trace().notes?.['leak on other prompts, mean']);
    };
    const [kept, free] = [await leakOf(true), await leakOf(false)];
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThan(free);
  });

  it('maps the unconditional prompt too, and all rows by one matrix', async () => {
    const mapped = (await edit()).conditions!(base);
    expect(Object.keys(mapped)).toEqual(['uncond', 'cond']);
    expect(mapped.cond!.k).toBe(mapped.cond!.v);
    // The padding row equals the end row in this encoder, so it must still do so.
    const { data } = mapped.cond!.k;
    expect(data.slice(128, 192)).toEqual(data.slice(64, 128));
  });

  it('edits every occupation that a prompt names, when it removes', async () => {
    const run = await edit({}, 'a photo of a doctor and a nurse');
    for (const noun of ['doctor', 'nurse']) {
      const [woman, man] = ['female', 'male'].map((word) => bagOfWords(`a ${word} ${noun}`));
      const after = [woman!, man!].map((cond) => endRow(run.conditions!({ cond }).cond!));
      expect(distance(after[0]!, after[1]!)).toBeLessThan(0.05 * distance(endRow(woman!), endRow(man!)));
    }
  });
});
