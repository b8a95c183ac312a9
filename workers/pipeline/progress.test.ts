import { describe, expect, it } from 'vitest';
import { createProgress } from './progress';

const plan = (images: number, steps: number, lanes = ['a']) =>
  createProgress({ lanes, images, steps, branches: 2 });

describe('progress', () => {
  it('knows no remaining time before the first step, and none is left at the end', () => {
    const progress = plan(2, 3);
    expect(progress.remainingMs()).toBeNull();
    for (let step = 0; step < 3; step++) progress.step('a', 2, 4, 20);
    // 2 images to finish, each taken as two steps of 10 ms.
    expect(progress.remainingMs()).toBeCloseTo(40);
    progress.batch('a', 2);
    progress.finish('a', 5);
    progress.finish('a', 5);
    expect(progress.done).toBe(progress.total);
    expect(progress.remainingMs()).toBe(0);
  });

  it('forgets the first step, which compiles', () => {
    const progress = plan(1, 10);
    progress.step('a', 1, 2, 5000);
    progress.step('a', 1, 2, 100);
    progress.step('a', 1, 2, 100);
    expect(progress.remainingMs()).toBeCloseTo(7 * 100 + 200);
  });

  it('reaches its total when a lane fails midway', () => {
    const progress = plan(4, 5, ['a', 'b']);
    progress.step('a', 2, 4, 10);
    progress.drop('a');
    for (let step = 0; step < 10; step++) progress.step('b', 2, 4, 10);
    for (let image = 0; image < 4; image++) progress.finish('b', 1);
    expect(progress.done).toBe(progress.total);
    expect(progress.total).toBe(4 * 5 + 4 + 2);
  });

  it('does not take steps that were shared for a measure of those that are not', () => {
    const progress = plan(2, 4, ['a', 'b']);
    for (let step = 0; step < 4; step++) progress.step('a', 1, 2, 100);
    progress.batch('a', 1);
    for (let step = 0; step < 4; step++) progress.step('b', 1, step < 2 ? 0 : 2, step < 2 ? 0.01 : 100);
    progress.batch('b', 1);
    // The other image: 4 steps of lane a, half of 4 in lane b; and 4 to finish, each as two steps.
    expect(progress.remainingMs()).toBeCloseTo(400 + 200 + 4 * 200);
  });

  it('learns from a batch how many steps further passes add to the images to come', () => {
    const progress = plan(4, 2);
    const batch = (extra: number) => {
      const before = progress.total;
      progress.step('a', 2, 4, 20);
      progress.step('a', 2, 4, 20);
      if (extra > 0) progress.pass('a', 2, extra);
      for (let step = 0; step < extra; step++) progress.step('a', 1, 2, 10);
      const during = progress.total;
      progress.batch('a', 2);
      return [before, during, progress.total];
    };
    // 4 images of 2 steps and a finish are 12. Two images take 2 more together, so each of the others is taken to need 1 more.
    expect(batch(2)).toEqual([12, 14, 16]);
    expect(batch(2)).toEqual([16, 16, 16]);
    for (let image = 0; image < 4; image++) progress.finish('a', 1);
    expect(progress.done).toBe(16);
  });

  it('takes back what was expected of passes that nobody asked for', () => {
    const progress = plan(2, 1);
    progress.step('a', 1, 2, 10);
    progress.pass('a', 1, 3);
    for (let step = 0; step < 3; step++) progress.step('a', 1, 2, 10);
    progress.batch('a', 1);
    expect(progress.total).toBe(4 + 3 + 3);
    progress.step('a', 1, 2, 10);
    progress.batch('a', 1);
    expect(progress.total).toBe(4 + 3);
  });
});
