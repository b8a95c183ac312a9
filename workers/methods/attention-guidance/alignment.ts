import { type Grid, mapped } from './grid';
import type { Voted } from './voting';

/** How much the words that stand with a noun count beside it. */
const MODIFIERS = 0.5;

/** S of one noun: its votes times its own attention and that of its modifiers (methods.md 4.4, step C). @returns 0..1. */
export function alignment(noun: Voted, modifiers: readonly Voted[]): Grid {
  return mapped(noun.votes, (votes, place) => {
    const own = noun.attention.data[place]!;
    const theirs =
      modifiers.reduce((sum, { attention }) => sum + attention.data[place]!, 0) /
      Math.max(1, modifiers.length);
    // Without modifiers the noun speaks for itself.
    const mixed = modifiers.length === 0 ? own : (own + MODIFIERS * theirs) / (1 + MODIFIERS);
    return votes * mixed;
  });
}

/** V times A-bar of one competitor. */
export function strength({ votes, attention }: Voted): Grid {
  return mapped(votes, (value, place) => value * attention.data[place]!);
}

/**
 * Where people are: S is at least `threshold` of its largest, and at least as strong as every competing noun.
 * @param scores S of every noun for people, at least one. @param threshold 0..1.
 * @returns 1 and 0, row by row.
 */
export function keep(scores: readonly Grid[], competitors: readonly Grid[], threshold: number): Uint8Array {
  const kept = new Uint8Array(scores[0]!.data.length);
  for (const { data } of scores) {
    const largest = data.reduce((a, b) => Math.max(a, b), 0);
    data.forEach((score, place) => {
      const strongest = competitors.every((rival) => score >= rival.data[place]!);
      if (score > 0 && score >= threshold * largest && strongest) kept[place] = 1;
    });
  }
  return kept;
}
