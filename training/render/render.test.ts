import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseOptions } from './options';
import { main } from './render';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'world-'));
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => {
  rmSync(dir, { recursive: true });
  vi.restoreAllMocks();
});
const render = (...args: string[]): void => main(['--out', dir, '--shard', '4', ...args]);
const bytes = (name: string): Buffer => readFileSync(join(dir, name));

describe('the dataset renderer', () => {
  it('writes raw RGB images and one record for each', () => {
    render('--count', '6', '--size', '32');
    expect(bytes('images-00000.bin')).toHaveLength(4 * 32 * 32 * 3);
    expect(bytes('images-00001.bin')).toHaveLength(2 * 32 * 32 * 3);
    const records = bytes('records-00001.jsonl')
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.map((r) => r.seed)).toEqual([4, 5]);
    for (const person of records[0].people) {
      expect(person.head[0] + person.head[2]).toBeLessThanOrEqual(32);
    }
    const meta = JSON.parse(bytes('meta.json').toString());
    expect(meta).toMatchObject({ count: 6, size: 32, seeds: { first: 0, end: 6 } });
  });

  it('shows the exact swatch of the labelled tone inside every labelled head box', () => {
    render('--count', '40', '--shard', '40', '--balanced');
    const images = bytes('images-00000.bin');
    const records = bytes('records-00000.jsonl')
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const swatches = 'f6ede4 f3e7db f7ead0 eadaba d7bd96 a07e56 825c43 604134 3a312a 292420'.split(' ');
    for (const [i, record] of records.entries()) {
      for (const { head, monk } of record.people) {
        const [x, y, w, h] = head.map(Math.round);
        let found = 0;
        for (let row = y; row < y + h; row++) {
          for (let column = x; column < x + w; column++) {
            const at = ((i * 128 + row) * 128 + column) * 3;
            if (images.subarray(at, at + 3).toString('hex') === swatches[monk - 1]) found++;
          }
        }
        expect(found / (w * h), `seed ${record.seed}`).toBeGreaterThan(0.02);
      }
    }
  });

  it('resumes: keeps finished shards and makes the missing ones, bit for bit', () => {
    render('--count', '8', '--size', '16');
    const before = bytes('images-00001.bin');
    rmSync(join(dir, 'shard-00001.json'));
    writeFileSync(join(dir, 'images-00001.bin'), 'half');
    writeFileSync(join(dir, 'images-00000.bin'), 'kept');
    render('--count', '8', '--size', '16');
    expect(bytes('images-00001.bin').equals(before)).toBe(true);
    expect(bytes('images-00000.bin').toString()).toBe('kept');
  });

  it('lets two processes fill one folder', () => {
    render('--count', '4', '--start', '4', '--size', '16');
    render('--count', '4', '--start', '0', '--size', '16');
    expect(JSON.parse(bytes('meta.json').toString())).toMatchObject({
      count: 8,
      seeds: { first: 0, end: 8 },
    });
  });

  it('stops when the data were made by another renderer, and says what to do', () => {
    render('--count', '4', '--size', '16');
    const file = join(dir, 'shard-00000.json');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace(/"rendererHash":"\w+"/, '"rendererHash":"00000000"'),
    );
    expect(() => render('--count', '4', '--size', '16')).toThrow(
      /the drawn world has changed. Delete the folder/,
    );
  });

  it('does not mix balanced and biased pictures', () => {
    render('--count', '4', '--size', '16');
    expect(() => render('--count', '4', '--size', '16', '--balanced')).toThrow(/other options/);
  });

  it('explains wrong options', () => {
    expect(() => parseOptions([])).toThrow(/--out is missing/);
    expect(() => parseOptions(['--out', dir, '--count', 'x'])).toThrow(/--count: expected a whole number/);
    expect(() => parseOptions(['--out', dir, '--start', '3'])).toThrow(
      /multiple of the shard size 2000, got 3/,
    );
    expect(() => parseOptions(['--out', dir, '--what'])).toThrow(/Unknown option --what/);
    expect(existsSync(join(dir, 'meta.json'))).toBe(false);
  });
});
