import { describe, expect, it } from 'vitest';
import { createPool, type Opened } from './opened';

describe('what is opened within a budget', () => {
  function counting() {
    const log: string[] = [];
    const open = (key: string, bytes: number) => async (): Promise<Opened<string>> => {
      log.push(`open ${key}`);
      return {
        value: key,
        bytes,
        close: async () => {
          log.push(`close ${key}`);
        },
      };
    };
    return { log, open };
  }

  it('is opened once and stays open', async () => {
    const { log, open } = counting();
    const pool = createPool(10);
    for (const key of ['a', 'b', 'a']) expect(await pool.use(key, open(key, 5))).toBe(key);
    expect(log).toEqual(['open a', 'open b']);
  });

  it('is closed when it was not used for longest and another needs its room', async () => {
    const { log, open } = counting();
    const pool = createPool(10);
    for (const key of ['a', 'b', 'a', 'c', 'b']) await pool.use(key, open(key, 5));
    expect(log).toEqual(['open a', 'open b', 'open c', 'close b', 'open b', 'close a']);
    await pool.close();
    expect(log.slice(6)).toEqual(['close c', 'close b']);
  });

  it('stays open when it alone is more than the budget', async () => {
    const { log, open } = counting();
    const pool = createPool(1);
    await pool.use('a', open('a', 5));
    await pool.use('a', open('a', 5));
    expect(log).toEqual(['open a']);
  });

  it('is asked for again after it failed to open', async () => {
    const pool = createPool(10);
    const fail = () => Promise.reject(new Error('no memory'));
    await expect(pool.use('a', fail)).rejects.toThrow('no memory');
    expect(await pool.use('a', async () => ({ value: 1, bytes: 1, close: async () => {} }))).toBe(1);
  });
});
