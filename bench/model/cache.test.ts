import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openAnswers } from './cache';

const folder = mkdtempSync(join(tmpdir(), 'evenhand-answers-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('kept answers', () => {
  it('are there again after a stop, and a line that was cut off costs only itself', () => {
    const path = join(folder, 'deep', 'draw.jsonl');
    const answer = { kind: 'read' as const, pictures: [{ seed: 7, people: [] }] };
    openAnswers(path).keep('a', answer);
    appendFileSync(path, '{"key":"b","answer":{"kind":"re');
    const again = openAnswers(path);
    expect([...again.known]).toEqual([['a', answer]]);
    again.keep('c', answer);
    expect([...openAnswers(path).known.keys()]).toEqual(['a', 'c']);
    expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true);
  });
});
