import { describe, expect, it } from 'vitest';
import { createProgress } from './progress';

describe('progress', () => {
  it('knows no remaining time before the first step, and none is left at the end', () => {
    const progress = createProgress(2, 3);
    expect(progress.remainingMs()).toBeNull();
    for (let step = 0; step < 3; step++) progress.step(2, 20);
    // 2 images to finish, each taken as two steps of 10 ms.
    expect(progress.remainingMs()).toBeCloseTo(40);
    progress.finish(5);
    progress.finish(5);
    expect(progress.done).toBe(progress.total);
    expect(progress.remainingMs()).toBe(0);
  });

  it('forgets the first step, which compiles', () => {
    const progress = createProgress(1, 10);
    progress.step(1, 5000);
    progress.step(1, 100);
    progress.step(1, 100);
    expect(progress.remainingMs()).toBeCloseTo(7 * 100 + 200);
  });

  it('takes in steps of further passes, and takes back those that nobody needs', () => {
    const progress = createProgress(1, 2);
    progress.step(1, 10);
    progress.step(1, 10);
    progress.expect(3);
    expect(progress.remainingMs()).toBeCloseTo(3 * 10 + 20);
    progress.step(1, 10);
    progress.expect(-2);
    progress.finish(5);
    expect([progress.done, progress.total]).toEqual([4, 4]);
  });

  it('reaches its total when a lane fails midway', () => {
    const progress = createProgress(4, 5);
    progress.step(2, 10);
    progress.drop(2, 8);
    for (let step = 0; step < 5; step++) progress.step(2, 10);
    progress.finish(1);
    progress.finish(1);
    expect(progress.done).toBe(progress.total);
  });
});
