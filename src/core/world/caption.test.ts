import { describe, expect, it } from 'vitest';
import { vocabularyCaptions } from './caption';
import { describePerson } from './describe';
import { explicitPrompts, neutralPrompt, SUGGESTED_PROMPTS } from './prompts';
import { sampleWorld } from './sample';
import { OCCUPATIONS, type Occupation, type Person } from './types';

/**
 * A reader of captions that shares no code with the writer: plain patterns for what English words claim.
 */
const CLAIMS: readonly (readonly [RegExp, keyof Labels, string])[] = [
  [/\b(female|wom[ae]n|her)\b/, 'gender', 'woman'],
  [/\b(male|m[ae]n|his)\b/, 'gender', 'man'],
  [/\b(light|fair)(-skinned| skin)/, 'tone', 'light'],
  [/\btan\b/, 'tone', 'tan'],
  [/\bbrown(-skinned| skin)/, 'tone', 'brown'],
  [/\bdark(-skinned| skin)/, 'tone', 'dark'],
  [/\byoung\b/, 'age', 'young'],
  [/\bmiddle-aged\b/, 'age', 'middle'],
  [/\b(old|elderly)\b/, 'age', 'old'],
  [/without glasses/, 'glasses', 'no'],
  [/(?<!without )glasses/, 'glasses', 'yes'],
  [/\bhijabs?\b/, 'cover', 'hijab'],
  [/\bturbans?\b/, 'cover', 'turban'],
  [/\b(smil|happy)/, 'expression', 'smiling'],
  [/\b(serious|neutral)\b/, 'expression', 'neutral'],
];
const NOUNS: readonly (readonly [RegExp, Occupation])[] = [
  [/\b(doctor|physician)s?\b/, 'doctor'],
  [/\bnurses?\b/, 'nurse'],
  [/\bengineers?\b/, 'engineer'],
  [/\b(ceos?|boss(es)?|chief executives?)\b/, 'ceo'],
  [/\bteachers?\b/, 'teacher'],
  [/\b(chef|cook)s?\b/, 'chef'],
  [/\bfirefighters?\b/, 'firefighter'],
  [/\b(police officer|cop)s?\b/, 'police'],
  [/\bfarmers?\b/, 'farmer'],
  [/\b(scientist|researcher)s?\b/, 'scientist'],
  [/\b(housekeeper|cleaner)s?\b/, 'housekeeper'],
  [/\b(artist|painter)s?\b/, 'artist'],
];
const SCENES: readonly (readonly [RegExp, string])[] = [
  [/ (on|against) a plain background$/, 'plain'],
  [/ (in a|at the) hospital$/, 'hospital'],
  [/ (in an|at the) office$/, 'office'],
  [/ in (a|the) kitchen$/, 'kitchen'],
  [/ (on a|in the) street$/, 'street'],
  [/ (in|on) a field$/, 'field'],
  [/ in (a|the) classroom$/, 'classroom'],
  [/ in a lab(oratory)?$/, 'lab'],
  [/ (standing next to flowers|next to flowers|in a garden)$/, 'garden'],
];
const COUNTS = ['two', 'three', 'four'];

type Labels = ReturnType<typeof describePerson>;
interface Claim {
  readonly occupation: Occupation;
  readonly count: number;
  readonly values: Partial<Record<keyof Labels, string>>;
}

const occupationIn = (text: string): Occupation | undefined =>
  NOUNS.find(([pattern]) => pattern.test(text))?.[1] ??
  (/\b(person|people|m[ae]n|wom[ae]n)\b/.test(text) ? 'person' : undefined);

function read(caption: string): { readonly scene: string | null; readonly claims: readonly Claim[] } {
  const found = SCENES.find(([pattern]) => pattern.test(caption));
  const subject = caption
    .replace(found?.[0] ?? '', '')
    .replace(/^an? (photo|picture|portrait|image) of (the faces? of )?/, '');
  return { scene: found?.[1] ?? null, claims: splitPair(subject).map(readOne) };
}

/** "a doctor with a smile and a nurse" has two subjects, "a doctor with glasses and a smile" one. */
function splitPair(subject: string): readonly string[] {
  for (const match of subject.matchAll(/ and (?=an? )/g)) {
    const right = subject.slice(match.index + match[0].length);
    const head = right.split(/ (?:with|wearing|who|without|and)\b/)[0] ?? '';
    if (occupationIn(head)) return [subject.slice(0, match.index), right];
  }
  return [subject];
}

function readOne(text: string): Claim {
  const values: Partial<Record<keyof Labels, string>> = {};
  for (const [pattern, attribute, value] of CLAIMS) {
    if (!pattern.test(text)) continue;
    if (values[attribute] !== undefined) throw new Error(`"${text}" claims two values of ${attribute}`);
    values[attribute] = value;
  }
  const occupation = occupationIn(text);
  if (occupation === undefined) throw new Error(`"${text}" names nobody`);
  const word = COUNTS.findIndex((count) => new RegExp(`\\b${count}\\b`).test(text));
  return { occupation, count: word < 0 ? 1 : word + 2, values };
}

const fits = (claim: Claim, person: Person): boolean => {
  const labels = describePerson(person);
  return (
    labels.occupation === claim.occupation &&
    (Object.keys(claim.values) as (keyof Labels)[]).every((key) => labels[key] === claim.values[key])
  );
};

const samples = Array.from({ length: 20_000 }, (_, seed) => sampleWorld(seed));

describe('captions', () => {
  it('say nothing untrue: number, occupations, attributes, scene', () => {
    for (const { caption, picture } of samples) {
      const { scene, claims } = read(caption);
      const { people } = picture;
      if (scene !== null) expect(picture.scene, caption).toBe(scene);
      expect(
        claims.reduce((sum, claim) => sum + claim.count, 0),
        caption,
      ).toBe(people.length);
      const [a, b] = claims;
      const [left, right] = people;
      const holds =
        a && b && left && right
          ? (fits(a, left) && fits(b, right)) || (fits(a, right) && fits(b, left))
          : a !== undefined && people.every((person) => fits(a, person));
      expect(holds, `${caption} / ${JSON.stringify(people.map(describePerson))}`).toBe(true);
    }
  });

  it('say all that the sample declares as mentioned, and no more', () => {
    const sorted = (values: readonly object[]): string[] =>
      values.map((v) => JSON.stringify(Object.entries(v).sort())).sort();
    for (const { caption, mentioned, sceneMentioned } of samples) {
      const { scene, claims } = read(caption);
      expect(scene !== null, caption).toBe(sceneMentioned);
      expect(sorted(claims.flatMap((c) => Array.from({ length: c.count }, () => c.values))), caption).toEqual(
        sorted(mentioned),
      );
    }
  });

  it('are short, lower-case, single-spaced English', () => {
    for (const { caption } of samples) {
      expect(caption).toMatch(/^[a-z-]+(,? [a-z-]+)*$/);
      expect(caption.split(' ').length).toBeLessThanOrEqual(30);
      expect(caption).not.toMatch(/\ba [aeiou]|\ban [^aeiou]|who is a (wo)?men|who are (wo)?man/);
    }
  });

  it('use no word that the vocabulary lacks', () => {
    const known = new Set(vocabularyCaptions().flatMap((text) => text.split(/[ ,]+/)));
    const prompts = [
      ...explicitPrompts().map((p) => p.prompt),
      ...SUGGESTED_PROMPTS,
      neutralPrompt('doctor', 4),
    ];
    const unknown = [...samples.map((s) => s.caption), ...prompts]
      .flatMap((text) => text.split(/[ ,]+/))
      .filter((w) => !known.has(w));
    expect([...new Set(unknown)]).toEqual([]);
  });
});

describe('prompts', () => {
  it('are captions that the reader understands', () => {
    for (const { prompt, occupation, attribute, value } of explicitPrompts()) {
      expect(read(prompt).claims).toEqual([{ occupation, count: 1, values: { [attribute]: value } }]);
    }
    for (const occupation of OCCUPATIONS) {
      expect(read(neutralPrompt(occupation)).claims).toEqual([{ occupation, count: 1, values: {} }]);
      expect(read(neutralPrompt(occupation, 3)).claims).toEqual([{ occupation, count: 3, values: {} }]);
    }
  });

  it('read as plain English', () => {
    expect(neutralPrompt('doctor')).toBe('a photo of a doctor');
    expect(neutralPrompt('ceo', 2)).toBe('a photo of two ceos');
    expect(neutralPrompt('person', 4)).toBe('a photo of four people');
    expect(explicitPrompts().map((p) => p.prompt)).toContain('a photo of an old engineer');
    expect(explicitPrompts().filter((p) => p.heldOut)).toHaveLength(12);
  });
});
