/** Plain English for a plan: varied templates, lower case, at most about 30 words, and nothing that is not planned. */
import type { Group, Mentions, Plan } from './plan';
import { createRng, type Rng } from './rng';
import type { Gender, Occupation } from './types';
import * as words from './words';

/** How a gender is put into words: "female doctor", "woman doctor", "who is a woman", "with her stethoscope". */
type GenderForm = 'adjective' | 'noun' | 'clause' | 'pronoun';

interface Phrase {
  readonly adjectives: readonly string[];
  readonly noun: string;
  readonly withs: readonly string[];
  readonly wearing: readonly string[];
  readonly rest: readonly string[];
}

export function captionOf(plan: Plan, rng: Rng): string {
  const [first] = plan.groups;
  const several = plan.groups.length > 1 || (first?.count ?? 1) > 1;
  const subject = plan.groups.map((group) => nounPhrase(group, rng)).join(' and ');
  const prefix = pickWeighted(rng, words.PREFIXES)[several ? 'many' : 'one'];
  const scene = plan.scene === null ? '' : mostlyFirst(rng, words.SCENE_PHRASE[plan.scene]);
  return [prefix, subject, scene].filter((part) => part !== '').join(' ');
}

/** "an elderly female doctor with dark skin wearing glasses", "three nurses", "a group of four people". */
export function nounPhrase(group: Group, rng: Rng): string {
  const { count } = group;
  const phrase = phraseOf(group, rng);
  const core = [...phrase.adjectives, phrase.noun].join(' ');
  const parts = [
    counted(core, count, rng),
    phrase.withs.length > 0 ? `with ${list(phrase.withs)}` : '',
    phrase.wearing.length > 0 ? `wearing ${list(phrase.wearing)}` : '',
    ...phrase.rest,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function phraseOf({ occupation, count, mentions }: Group, rng: Rng): Phrase {
  const number = count > 1 ? 'many' : 'one';
  const { gender, tone, age, glasses, cover, expression } = mentions;
  const adjectives: string[] = [];
  const withs: string[] = [];
  const wearing: string[] = [];
  const rest: string[] = [];
  let noun = pickWeighted(rng, words.NOUNS[occupation])[number];

  if (expression !== undefined) {
    if (rng.chance(0.6)) adjectives.push(mostlyFirst(rng, words.EXPRESSION_ADJECTIVE[expression]));
    else withs.push(words.EXPRESSION_WITH[expression]);
  }
  if (age !== undefined) adjectives.push(mostlyFirst(rng, words.AGE_ADJECTIVE[age]));
  if (tone !== undefined) {
    if (rng.chance(0.7)) adjectives.push(mostlyFirst(rng, words.TONE_ADJECTIVE[tone]));
    else withs.push(words.TONE_SKIN[tone]);
  }
  const object = objectOf(occupation, count);
  if (gender !== undefined) {
    const word = words.GENDER_NOUN[gender][number];
    switch (genderForm(occupation, object, rng)) {
      case 'noun':
        noun = occupation === 'person' ? word : `${word} ${noun}`;
        break;
      case 'adjective':
        noun = `${words.GENDER_ADJECTIVE[gender]} ${noun}`;
        break;
      case 'clause':
        rest.push(count > 1 ? `who are ${word}` : `who is a ${word}`);
        break;
      case 'pronoun':
        withs.push(`${words.PRONOUN[gender]} ${object}`);
        break;
    }
  } else if (object !== '' && rng.chance(0.05)) {
    withs.push(`${article(object)} ${object}`);
  }
  if (glasses === 'yes') (rng.chance(0.5) ? wearing : withs).push(words.GLASSES_PHRASE.yes);
  if (cover !== undefined) {
    const { one, many } = words.COVER_NOUN[cover];
    wearing.push(count > 1 ? many : `a ${one}`);
  }
  // After the lists, so that "without glasses" cannot be read as "with ... glasses".
  if (glasses === 'no') rest.unshift(words.GLASSES_PHRASE.no);
  return { adjectives, noun, withs, wearing, rest };
}

const objectOf = (occupation: Occupation, count: number): string =>
  occupation === 'person' || count > 1 ? '' : words.OBJECT[occupation];

function genderForm(occupation: Occupation, object: string, rng: Rng): GenderForm {
  if (occupation === 'person') return rng.chance(0.9) ? 'noun' : 'adjective';
  return rng.weighted<GenderForm>({ adjective: 5, noun: 1.5, clause: 1.5, pronoun: object === '' ? 0 : 2 });
}

function counted(core: string, count: number, rng: Rng): string {
  if (count === 1) return `${article(core)} ${core}`;
  const number = words.COUNT_WORD[count] ?? String(count);
  return rng.chance(0.15) ? `a group of ${number} ${core}` : `${number} ${core}`;
}

const article = (text: string): string => (/^[aeiou]/.test(text) ? 'an' : 'a');

const list = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;

/** The first, plain word half of the time, else any of them. */
const mostlyFirst = (rng: Rng, options: readonly [string, ...string[]]): string =>
  rng.chance(0.5) ? options[0] : rng.pick(options);

function pickWeighted<T extends { readonly weight: number }>(rng: Rng, options: readonly T[]): T {
  let left = rng.next() * options.reduce((sum, option) => sum + option.weight, 0);
  for (const option of options) {
    left -= option.weight;
    if (left < 0) return option;
  }
  return rng.pick(options);
}

/** A plain caption without synonyms: the form that prompts and suggestions use. */
export function plainCaption(occupation: Occupation, count: number, gender?: Gender, before = ''): string {
  const number = count > 1 ? 'many' : 'one';
  const base = words.NOUNS[occupation][0][number];
  const named =
    gender === undefined
      ? base
      : occupation === 'person'
        ? words.GENDER_NOUN[gender][number]
        : `${words.GENDER_ADJECTIVE[gender]} ${base}`;
  const core = before === '' ? named : `${before} ${named}`;
  return `a photo of ${count > 1 ? words.COUNT_WORD[count] : article(core)} ${core}`;
}

/** Captions that together hold every word of the world, for building the tokenizer's vocabulary. */
export function vocabularyCaptions(): readonly string[] {
  const all: string[] = [];
  for (const prefix of words.PREFIXES) all.push(prefix.one, prefix.many);
  for (const nouns of Object.values(words.NOUNS)) for (const n of nouns) all.push(n.one, n.many);
  for (const n of Object.values(words.GENDER_NOUN)) all.push(n.one, n.many, `a group of four ${n.many}`);
  for (const n of Object.values(words.COVER_NOUN)) all.push(`wearing a ${n.one}`, `wearing ${n.many}`);
  for (const table of [
    words.TONE_ADJECTIVE,
    words.AGE_ADJECTIVE,
    words.EXPRESSION_ADJECTIVE,
    words.SCENE_PHRASE,
  ]) {
    for (const options of Object.values(table)) all.push(...options);
  }
  for (const table of [
    words.GENDER_ADJECTIVE,
    words.PRONOUN,
    words.OBJECT,
    words.TONE_SKIN,
    words.EXPRESSION_WITH,
    words.GLASSES_PHRASE,
  ]) {
    all.push(...Object.values(table));
  }
  all.push(words.COUNT_WORD.slice(1).join(' '), 'and with an a who is who are, wearing');
  const rng = createRng(7);
  const mentions: Mentions = {
    gender: 'woman',
    tone: 'dark',
    age: 'old',
    glasses: 'no',
    cover: 'hijab',
    expression: 'neutral',
  };
  for (let i = 0; i < 50; i++)
    all.push(
      captionOf({ groups: [{ occupation: 'doctor', count: 1 + (i % 4), mentions }], scene: 'garden' }, rng),
    );
  return all.filter((text) => text !== '');
}
