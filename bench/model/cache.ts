import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Answers on disk, one JSON line each, so that a stopped evaluation goes on where it was. */
export interface AnswerFile<A> {
  readonly known: ReadonlyMap<string, A>;
  keep(key: string, answer: A): void;
}

export function openAnswers<A>(path: string): AnswerFile<A> {
  mkdirSync(dirname(path), { recursive: true });
  const known = new Map<string, A>();
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  for (const line of text.split('\n')) {
    const entry = parsed<A>(line);
    if (entry) known.set(entry.key, entry.answer);
  }
  // What a stop in the middle of a line has left must not swallow the next one.
  if (text !== '' && !text.endsWith('\n')) appendFileSync(path, '\n');
  return {
    known,
    keep(key, answer) {
      known.set(key, answer);
      appendFileSync(path, `${JSON.stringify({ key, answer })}\n`);
    },
  };
}

/** undefined for an empty line and for one that was cut off. */
function parsed<A>(line: string): { key: string; answer: A } | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
