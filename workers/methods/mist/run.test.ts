import { describe, expect, it } from 'vitest';
import { bagOfWords, conditionsOf, distance, endRow, runsOf, testHost } from '../../testing/host';
import type { Condition } from '../method';
import { start } from './run';

const parameters = {
  mode: 'null',
  several: 'crossed',
  attribute: 'gender',
  rho: 1e-3,
  strength: 1,
  preserve: 'target',
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
    const method = await start(testHost(), { ...parameters, mode: 'target', preserve: 'never' });
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

  it('edits several people in the form that the prompt has them in', async () => {
    const run = await edit({ mode: 'target', preserve: 'never' }, 'a photo of two doctors');
    const word = run.trace().assigned!.gender === 'woman' ? 'female' : 'male';
    const goal = endRow(bagOfWords(`two ${word} doctors`));
    const source = bagOfWords('two doctors');
    const moved = endRow(run.conditions!({ cond: source }).cond!);
    expect(distance(moved, goal)).toBeLessThan(0.01 * distance(endRow(source), goal));
  });

  it('leaks less into other prompts with a preserve set, and states the leak', async () => {
    const leakOf = async (preserve: string) => {
      const run = await edit({ mode: 'target', preserve, rho: 1e-2 });
      return Number(run.trace().notes?.['leak on other prompts, mean']);
    };
    const [kept, free] = [await leakOf('target'), await leakOf('never')];
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

  describe('with several attributes', () => {
    const many = { attribute: 'gender-tone-age' };
    const toldApart = async (run: Awaited<ReturnType<typeof edit>>, prompts: readonly string[]) => {
      const rows = (of: (prompt: string) => Condition) => prompts.map((prompt) => endRow(of(prompt)));
      const spread = ([first, ...others]: Float32Array[]) =>
        Math.max(...others.map((row) => distance(row, first!)));
      const after = rows((prompt) => run.conditions!({ cond: bagOfWords(prompt) }).cond!);
      return spread(after) / spread(rows(bagOfWords));
    };

    it.each(['crossed', 'together', 'sequential'])(
      'takes out every single value and every combination: %s',
      async (several) => {
        const run = await edit({ ...many, several });
        const pairs = [
          ['a female doctor', 'a male doctor'],
          ['a dark-skinned doctor', 'a tan doctor'],
          ['a young doctor', 'a middle-aged doctor'],
          ['a young tan male doctor', 'an old dark-skinned female doctor'],
        ];
        for (const pair of pairs) expect(await toldApart(run, pair)).toBeLessThan(0.1);
        expect(run.trace().notes?.['explicit words kept, mean']).toBeLessThan(0.1);
      },
    );

    it('leaves the age alone where only gender and tone are crossed', async () => {
      const run = await edit({ attribute: 'gender-tone' });
      expect(await toldApart(run, ['a dark-skinned female doctor', 'a tan male doctor'])).toBeLessThan(0.05);
      expect(await toldApart(run, ['a young doctor', 'a middle-aged doctor'])).toBeGreaterThan(0.5);
    });

    it('joins one attribute alone in the same way, whichever way is chosen', async () => {
      const rows = async (several: string) => (await edit({ several })).conditions!(base).cond!.k.data;
      expect(await rows('together')).toEqual(await rows('crossed'));
      expect(await rows('sequential')).toEqual(await rows('crossed'));
    });
  });

  it('keeps the words of explicit prompts when it sets a value, and says that it loses them when it removes', async () => {
    const kept = async (mode: string) => (await edit({ mode })).trace().notes?.['explicit words kept, mean'];
    expect(await kept('null')).toBeLessThan(0.02);
    expect(await kept('target')).toBeGreaterThan(0.9);
    expect(await kept('target')).toBeLessThan(1.1);
  });

  it('keeps other occupations where they are when it removes and is told to', async () => {
    const moved = async (preserve: string) => {
      const row = bagOfWords('an engineer');
      const run = await edit({ preserve, rho: 1e-3 });
      return distance(endRow(run.conditions!({ cond: row }).cond!), endRow(row));
    };
    expect(await moved('always')).toBeLessThan(0.02);
    expect(await moved('target')).toBeGreaterThan(0.1);
    expect(await moved('never')).toBe(await moved('target'));
  });
});
