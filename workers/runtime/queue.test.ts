import { describe, expect, it } from 'vitest';
import { createQueue } from './queue';

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

describe('the queue', () => {
  it('never runs two jobs at once and keeps their order', async () => {
    const queue = createQueue();
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const job = (id: number, ms: number) => async () => {
      running += 1;
      most = Math.max(most, running);
      await pause(ms);
      order.push(id);
      running -= 1;
      return id;
    };
    const results = await Promise.all([queue(job(1, 8)), queue(job(2, 0)), queue(job(3, 3))]);
    expect(results).toEqual([1, 2, 3]);
    expect(order).toEqual([1, 2, 3]);
    expect(most).toBe(1);
  });

  it('goes on after a job that fails, and tells its caller alone', async () => {
    const queue = createQueue();
    const failing = queue(async () => {
      throw new Error('broken');
    });
    const next = queue(async () => 'fine');
    await expect(failing).rejects.toThrow('broken');
    await expect(next).resolves.toBe('fine');
  });
});
