import type { PromptWord } from '../method';
import { alignment, keep, strength } from './alignment';
import { type Gathered, rowsIn } from './attention';
import { cleaned, dilated } from './cleaning';
import { type Head, individualsByHeads } from './detections';
import { blurred, type Grid, grid } from './grid';
import { individualsByShape } from './individuals';
import type { ParsedPrompt } from './parsing';

export interface Individual {
  /** "doctor": the noun whose score is highest where it is. */
  readonly noun: string;
  /** Cells of the latent, disjoint from everybody else's. */
  readonly places: readonly number[];
  /** Mean V over them, 0..1. */
  readonly votes: number;
}

export interface FindOptions {
  readonly parsed: ParsedPrompt;
  readonly words: readonly PromptWord[];
  /** Of the latent. */
  readonly width: number;
  readonly height: number;
  /** theta, 0..1. */
  readonly threshold: number;
  /** People expected, >= 1; only asked where there are no heads. */
  readonly expected: number;
  /** What a reader found, in cells of the latent; undefined: told by the shape of the attention alone. */
  readonly heads: readonly Head[] | undefined;
}

/** The individuals of one image, steps B to D of methods.md 4.4. @returns from left to right; empty if none is found. */
export function findIndividuals(attention: Gathered, options: FindOptions): Individual[] {
  const { parsed, words, width, height, threshold, expected, heads } = options;
  const votesOn = (span: ParsedPrompt['competitors'][number]) =>
    attention.votesOn(rowsIn(span, words), width, height);
  const nouns = parsed.people.flatMap(({ noun, head, modifiers }) => {
    const own = votesOn(head);
    return own
      ? [
          {
            noun,
            votes: own.votes,
            score: alignment(
              own,
              modifiers.flatMap((m) => votesOn(m) ?? []),
            ),
          },
        ]
      : [];
  });
  if (nouns.length === 0) return [];
  const rivals = parsed.competitors.flatMap((span) => {
    const voted = votesOn(span);
    return voted ? [strength(voted)] : [];
  });
  const kept = keep(
    nouns.map(({ score }) => score),
    rivals,
    threshold,
  );
  const mask = cleaned({ width, height, data: kept });
  const found = heads ? individualsByHeads(mask, heads) : individualsByShape(mask, expected);
  return found
    .filter((places) => places.length > 0)
    .map((places) => {
      const mean = ({ data }: Grid) => places.reduce((sum, place) => sum + data[place]!, 0) / places.length;
      const best = nouns.reduce((a, b) => (mean(b.score) > mean(a.score) ? b : a));
      return { noun: best.noun, places, votes: mean(best.votes) };
    });
}

/** Omega of those who were given one value: 1 inside, with soft edges. */
export function softMask(individuals: readonly Individual[], width: number, height: number): Grid {
  const data = new Float32Array(width * height);
  for (const { places } of individuals) for (const place of places) data[place] = 1;
  return blurred(grid(width, height, data));
}

/** U: all regions and 2 cells of 64 around them. */
export function unionOf(individuals: readonly Individual[], width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height);
  for (const { places } of individuals) for (const place of places) data[place] = 1;
  return dilated({ width, height, data }, Math.max(1, Math.round(Math.max(width, height) / 32))).data;
}
