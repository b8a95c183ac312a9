import { findPeople } from '../language';

/** Characters [start, end) of the prompt. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A noun for people, with what its chunk says of them. */
export interface PersonChunk {
  /** Singular, as the lexicon has it: "police officer". */
  readonly noun: string;
  readonly head: Span;
  /** Number and adjectives before the head, without articles: "three", "smiling". */
  readonly modifiers: readonly Span[];
  /** How many people it stands for; undefined for a plural without a number, or with a vague one. */
  readonly count: number | undefined;
}

export interface ParsedPrompt {
  readonly people: readonly PersonChunk[];
  /** Heads of the other noun chunks: what else attention may be about. */
  readonly competitors: readonly Span[];
}

/** People of a plural without a number. */
const PLURAL = 2;

const NUMBERS = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const DETERMINER = /^(an?|the|this|that|these|those|his|her|their|its|my|our|your|one|another)$/;
/** Words that end a noun chunk: prepositions, conjunctions, and the verbs of plain descriptions. */
const BREAK = new RegExp(
  `^(${
    'of in on at to by with without from near next beside behind between under over above into inside outside around through ' +
    'during front and or but while who that which is are was were as wearing holding standing sitting looking working using'
  })$`.replaceAll(' ', '|'),
);
/** What a prompt calls the picture itself, or a number of people: nothing of its own to be seen. */
const MEDIUM =
  /^(photos?|photographs?|pictures?|images?|portraits?|paintings?|drawings?|illustrations?|sketch|headshots?|shots?|close-?up|group|crowd|team|pair|couple|row|style|scene|background)$/;

interface Word extends Span {
  /** Lower case, without the punctuation around it. */
  readonly bare: string;
  /** Whether punctuation behind it ends the chunk. */
  readonly last: boolean;
}

/**
 * The noun chunks of a prompt by rule list (methods.md 4.4, step A): determiner, number, adjectives, then nouns, of which the last is the
 * head, or the person if there is one.
 */
export function parsePrompt(prompt: string): ParsedPrompt {
  const words = wordsOf(prompt);
  const found = findPeople(prompt);
  const people: PersonChunk[] = [];
  const competitors: Span[] = [];
  for (const [start, end] of chunksOf(words)) {
    const persons = found.filter((person) => person.start >= start && person.start < end);
    let from = start;
    for (const person of persons) {
      const before = words.slice(from, person.start).filter(({ bare }) => !DETERMINER.test(bare));
      people.push({
        noun: person.noun,
        head: { start: words[person.start]!.start, end: words[person.end - 1]!.end },
        modifiers: before.map(({ start, end }) => ({ start, end })),
        count: person.plural ? countIn(before) : 1,
      });
      from = person.end;
    }
    const head = persons.length > 0 ? undefined : headOf(words.slice(start, end));
    if (head) competitors.push({ start: head.start, end: head.end });
  }
  return { people, competitors };
}

/** How many people a prompt shows, and whether it says so or a plural was taken for two. */
export function expectedPeople({ people }: ParsedPrompt): { readonly count: number; readonly said: boolean } {
  return {
    count: people.reduce((sum, { count }) => sum + (count ?? PLURAL), 0),
    said: people.every(({ count }) => count !== undefined),
  };
}

function wordsOf(prompt: string): Word[] {
  return [...prompt.matchAll(/\S+/g)].map(({ 0: raw, index }) => {
    const lead = /^[^\p{L}\p{N}]*/u.exec(raw)![0].length;
    const tail = /[^\p{L}\p{N}]*$/u.exec(raw)![0].length;
    const end = Math.max(lead, raw.length - tail);
    return {
      start: index + lead,
      end: index + end,
      bare: raw.slice(lead, end).toLowerCase(),
      last: tail > 0,
    };
  });
}

/** Words [start, end) of each chunk. */
function chunksOf(words: readonly Word[]): [number, number][] {
  const chunks: [number, number][] = [];
  let start = 0;
  const close = (end: number) => {
    if (end > start) chunks.push([start, end]);
  };
  words.forEach(({ bare, last }, i) => {
    if (bare === '' || BREAK.test(bare)) {
      close(i);
      start = i + 1;
      return;
    }
    if (DETERMINER.test(bare)) {
      close(i);
      start = i;
    }
    if (last) {
      close(i + 1);
      start = i + 1;
    }
  });
  close(words.length);
  return chunks;
}

/** The last word that is no verb ("smiling") and no determiner. */
function headOf(words: readonly Word[]): Word | undefined {
  const head = words.findLast(({ bare }) => !/ing$/.test(bare) && !DETERMINER.test(bare));
  return head && !MEDIUM.test(head.bare) && /\p{L}/u.test(head.bare) ? head : undefined;
}

function countIn(words: readonly Word[]): number | undefined {
  for (const { bare } of words) {
    if (NUMBERS.includes(bare)) return NUMBERS.indexOf(bare) + 2;
    if (/^\d+$/.test(bare) && Number(bare) > 0) return Number(bare);
  }
  return undefined;
}
