import { describe, expect, it } from 'vitest';
import { runsOf, testHost } from '../../testing/host';
import { start } from './run';

const prompt = 'a photo of a doctor';
const quota = { attribute: 'gender', assignment: 'quota' };

describe('attribute prompts', () => {
  it('give half of the images each gender, and say so', async () => {
    const runs = runsOf(await start(testHost(), quota), 8);
    const prompts = runs.map((run) => run.rewrite?.(prompt));
    expect(prompts.filter((text) => text === 'a photo of a female doctor')).toHaveLength(4);
    expect(prompts.filter((text) => text === 'a photo of a male doctor')).toHaveLength(4);
    runs.forEach((run, i) => {
      const woman = prompts[i]!.includes('female');
      expect(run.trace().assigned).toEqual({ gender: woman ? 'woman' : 'man' });
    });
  });

  it('follow the target of the run', async () => {
    const targets = [{ attribute: 'gender', shares: { woman: 0.25, man: 0.75 } }];
    const runs = runsOf(await start(testHost({ targets }), quota), 8);
    expect(runs.filter((run) => run.trace().assigned?.gender === 'woman')).toHaveLength(2);
  });

  it('cross two attributes: every combination once in 8', async () => {
    const runs = runsOf(await start(testHost(), { ...quota, attribute: 'gender-tone' }), 8);
    const combinations = runs.map((run) => JSON.stringify(run.trace().assigned));
    expect(new Set(combinations).size).toBe(8);
    expect(runs[0]!.rewrite?.(prompt)).toMatch(/^a photo of a (\S+-skinned|tan) (fe)?male doctor$/);
  });

  it('assign the same again for the same seeds', async () => {
    const again = async () =>
      runsOf(await start(testHost(), { attribute: 'tone', assignment: 'iid' }), 20).map((run) => run.trace());
    expect(await again()).toEqual(await again());
  });

  it('leave a prompt alone that tells the attribute, or that names no person', async () => {
    for (const fixed of ['a photo of a female doctor', 'a bowl of fruit']) {
      const [run] = runsOf(await start(testHost({ prompt: fixed }), quota), 1);
      expect(run!.rewrite).toBeUndefined();
      expect(run!.trace().notes?.unchanged).toBeTypeOf('string');
    }
  });

  it('refuse a target whose shares do not sum to 1', async () => {
    const targets = [{ attribute: 'gender', shares: { woman: 0.5 } }];
    await expect(start(testHost({ targets }), quota)).rejects.toMatchObject({ code: 'request-invalid' });
  });
});
