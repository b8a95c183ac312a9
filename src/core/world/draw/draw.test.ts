import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headBoxes } from '../layout';
import { anyPerson, anyPicture } from '../testing';
import { CANVAS, type MonkTone, type Person } from '../types';
import { skinOf } from './palette';
import { type Layers, layersOf } from './person';
import { drawPicture } from './picture';
import { cuesOf } from './presentation';

/** The layers that may change when one argument of a person changes; every other layer must stay as it is. */
const MAY_CHANGE: Readonly<Record<keyof Person, readonly (keyof Layers)[]>> = {
  gender: ['face'],
  // The neck and the hand are skin too.
  tone: ['face', 'body', 'prop'],
  age: ['face'],
  glasses: ['glasses'],
  // A hat is raised over a turban; a cover hides head hair, a hijab earrings.
  cover: ['cover', 'behind', 'hair', 'hat', 'earrings'],
  hair: ['hair', 'behind'],
  // Brows and facial hair have the hair's colour.
  hairColour: ['hair', 'behind', 'face'],
  facialHair: ['face'],
  earrings: ['earrings'],
  expression: ['face'],
  eyes: ['face'],
  occupation: ['body', 'hat', 'prop'],
  jitter: ['face', 'body', 'behind', 'cover', 'glasses'],
};
const ARGUMENTS = Object.keys(MAY_CHANGE) as (keyof Person)[];

describe('the renderer', () => {
  it('changes nothing but the layers of the argument that changed', () => {
    fc.assert(
      fc.property(anyPerson, anyPerson, fc.constantFrom(...ARGUMENTS), (person, other, key) => {
        const before = layersOf(person);
        const after = layersOf({ ...person, [key]: other[key] });
        const changed = (Object.keys(before) as (keyof Layers)[]).filter(
          (layer) => before[layer] !== after[layer],
        );
        expect(MAY_CHANGE[key]).toEqual(expect.arrayContaining(changed));
      }),
      { numRuns: 600 },
    );
  });

  it('dresses everybody of an occupation alike, whoever they are', () => {
    fc.assert(
      fc.property(anyPerson, anyPerson, (a, b) => {
        const dressed = layersOf({
          ...b,
          occupation: a.occupation,
          jitter: a.jitter,
          tone: a.tone,
          cover: a.cover,
        });
        expect([dressed.body, dressed.hat, dressed.prop]).toEqual([
          layersOf(a).body,
          layersOf(a).hat,
          layersOf(a).prop,
        ]);
      }),
    );
  });

  it('shows a change of every attribute in the drawing', () => {
    const base = fc.sample(anyPerson, { numRuns: 1, seed: 3 })[0]!;
    const plain: Person = {
      ...base,
      gender: 'woman',
      age: 'young',
      glasses: 'no',
      cover: 'none',
      expression: 'neutral',
    };
    const changes: Partial<Person>[] = [
      { gender: 'man' },
      { gender: 'androgynous' },
      { age: 'middle' },
      { age: 'old' },
      { glasses: 'yes' },
      { cover: 'hijab' },
      { cover: 'turban' },
      { expression: 'smiling' },
    ];
    const drawings = [plain, ...changes.map((change) => ({ ...plain, ...change }))].map((person) =>
      drawPicture({ people: [person], scene: 'plain', seed: 1 }),
    );
    expect(new Set(drawings).size).toBe(drawings.length);
  });

  it('draws presentation by cues that lie apart, with androgynous people between', () => {
    fc.assert(
      fc.property(anyPerson, (person) => {
        const jitter = { ...person.jitter, jaw: 0, brow: 0, lash: 0, lip: 0 };
        const [woman, androgynous, man] = (['woman', 'androgynous', 'man'] as const).map((gender) =>
          cuesOf({ ...person, gender, jitter }),
        );
        for (const cue of ['jaw', 'brow', 'lash', 'lip'] as const) {
          expect(woman![cue]).toBeLessThan(androgynous![cue]);
          expect(androgynous![cue]).toBeLessThan(man![cue]);
        }
      }),
    );
  });

  it('paints faces in the exact swatches of the Monk scale', () => {
    // Published hex values, skintone.google.
    const swatches = '#f6ede4 #f3e7db #f7ead0 #eadaba #d7bd96 #a07e56 #825c43 #604134 #3a312a #292420'.split(
      ' ',
    );
    swatches.forEach((swatch, i) => {
      expect(skinOf((i + 1) as MonkTone).base).toBe(swatch);
    });
  });

  it('gives the same string for the same picture', () => {
    fc.assert(
      fc.property(anyPicture, (picture) => drawPicture(picture) === drawPicture(structuredClone(picture))),
    );
  });

  it('writes well-formed SVG without broken numbers', () => {
    fc.assert(
      fc.property(anyPicture, (picture) => {
        const svg = drawPicture(picture);
        expect(svg).not.toMatch(/NaN|undefined|Infinity|null|#[0-9a-f]*[^0-9a-f"][0-9a-f]*"/);
        expect(unclosedTags(svg)).toEqual([]);
      }),
    );
  });

  it('refuses a picture of nobody or of five', () => {
    const five = fc.sample(anyPerson, 5);
    expect(() => drawPicture({ people: [], scene: 'plain', seed: 0 })).toThrow(/1 to 4 people, got 0/);
    expect(() => drawPicture({ people: five, scene: 'plain', seed: 0 })).toThrow(/1 to 4 people, got 5/);
  });
});

/** Tags left open, or the text that is no tag; an empty list means well-formed. */
function unclosedTags(svg: string): string[] {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([a-z]+)((?: [a-zA-Z-]+="[^"<>]*")*)(\/?)>/g,
    (_, close, name, _attributes, self) => {
      if (close && open.pop() !== name) open.push(`/${name}`);
      else if (!close && !self) open.push(name);
      return '';
    },
  );
  return rest === '' ? open : [...open, rest];
}

describe('head boxes', () => {
  it('lie on the canvas, do not overlap, and are large enough to be read', () => {
    const least = [54, 42, 34, 27];
    fc.assert(
      fc.property(anyPicture, (picture) => {
        const boxes = headBoxes(picture);
        expect(boxes).toHaveLength(picture.people.length);
        for (const [i, a] of boxes.entries()) {
          expect(a.x).toBeGreaterThanOrEqual(0);
          expect(a.y).toBeGreaterThanOrEqual(0);
          expect(a.x + a.w).toBeLessThanOrEqual(CANVAS);
          expect(a.y + a.h).toBeLessThanOrEqual(CANVAS);
          expect(a.w).toBeGreaterThan(least[boxes.length - 1]!);
          const next = boxes[i + 1];
          if (next) expect(a.x + a.w).toBeLessThan(next.x);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
