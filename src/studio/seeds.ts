import { LIMITS, MAX_SEED } from './limits';

/**
 * Seeds as people write them: one number is a start ("7" with 24 images is 7 to 30); anything with a comma, a
 * space or a range is an explicit list ("3, 9, 20-24").
 */
export type SeedPlan =
  | { readonly ok: true; readonly kind: 'start' | 'list'; readonly seeds: readonly number[] }
  | { readonly ok: false; readonly message: string };

const fail = (message: string): SeedPlan => ({ ok: false, message });

/** @param count images wanted; only used when the text is a start. */
export function parseSeeds(text: string, count: number): SeedPlan {
  const parts = text
    .trim()
    .split(/[\s,;]+/)
    .filter((part) => part !== '');
  if (parts.length === 0) {
    return fail(
      'The seed is empty. Write a number to start from, such as 1, or a list, such as 3, 9, 20-24.',
    );
  }
  const single = parts.length === 1 && /^\d+$/.test(parts[0]!);
  return single ? fromStart(parts[0]!, count) : fromList(parts);
}

function fromStart(text: string, count: number): SeedPlan {
  const start = Number(text);
  if (start > MAX_SEED) return fail(tooLarge(text));
  const countIssue = imageCountIssue(count);
  if (countIssue !== null) return fail(countIssue);
  if (start + count - 1 > MAX_SEED) {
    return fail(`${count} images from seed ${text} would pass the largest seed, ${MAX_SEED}. Start lower.`);
  }
  return { ok: true, kind: 'start', seeds: Array.from({ length: count }, (_, i) => start + i) };
}

function fromList(parts: readonly string[]): SeedPlan {
  const seeds: number[] = [];
  const seen = new Set<number>();
  for (const part of parts) {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    if (!match) {
      return fail(
        `“${part}” is not a seed. Seeds are whole numbers from 0 to ${MAX_SEED}; a range is written 20-24.`,
      );
    }
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (first > MAX_SEED || last > MAX_SEED) return fail(tooLarge(part));
    if (last < first) return fail(`The range ${part} runs backwards. Write ${last}-${first}.`);
    if (seeds.length + last - first + 1 > LIMITS.images.max) {
      return fail(
        `The list names more than ${LIMITS.images.max} seeds, the most that one run draws per lane. Shorten it.`,
      );
    }
    for (let seed = first; seed <= last; seed++) {
      if (seen.has(seed)) {
        return fail(`Seed ${seed} stands twice. The same picture would be counted twice; remove one.`);
      }
      seen.add(seed);
      seeds.push(seed);
    }
  }
  return { ok: true, kind: 'list', seeds };
}

const tooLarge = (text: string): string => `Seed ${text} is too large. The largest seed is ${MAX_SEED}.`;

/** A sentence if the number of images cannot be drawn, else null. */
export function imageCountIssue(count: number): string | null {
  const { min, max } = LIMITS.images;
  if (!Number.isInteger(count)) return 'The number of images must be a whole number.';
  if (count < min) return 'Zero images would show nothing. Ask for at least one.';
  if (count > max) {
    return `One run draws at most ${max} images per lane. Ask for ${max} or fewer, then run again from a later seed.`;
  }
  return null;
}

/** The shortest text that reads back as these seeds, e.g. "3, 9, 20-24". Kept a list even when it is one run of numbers. */
export function formatSeeds(seeds: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < seeds.length; ) {
    let j = i;
    while (j + 1 < seeds.length && seeds[j + 1] === seeds[j]! + 1) j++;
    parts.push(j === i ? `${seeds[i]}` : `${seeds[i]}-${seeds[j]}`);
    i = j + 1;
  }
  return parts.join(', ');
}
