/** fast-check generators of the drawn world, shared by its tests. */
import * as fc from 'fast-check';
import {
  AGES,
  COVERS,
  EXPRESSIONS,
  EYE_COLOURS,
  FACIAL_HAIR,
  GLASSES,
  HAIR_COLOURS,
  HAIR_STYLES,
  type MonkTone,
  OCCUPATIONS,
  type Person,
  type Picture,
  PRESENTATIONS,
  SCENES,
} from './types';

const span = (max: number): fc.Arbitrary<number> => fc.double({ min: -max, max, noNaN: true });

/** Any person at all: every combination of attributes. */
export const anyPerson: fc.Arbitrary<Person> = fc.record({
  gender: fc.constantFrom(...PRESENTATIONS),
  tone: fc.constantFrom<MonkTone[]>(1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
  age: fc.constantFrom(...AGES),
  glasses: fc.constantFrom(...GLASSES),
  cover: fc.constantFrom(...COVERS),
  hair: fc.constantFrom(...HAIR_STYLES),
  hairColour: fc.constantFrom(...HAIR_COLOURS),
  facialHair: fc.constantFrom(...FACIAL_HAIR),
  earrings: fc.boolean(),
  expression: fc.constantFrom(...EXPRESSIONS),
  eyes: fc.constantFrom(...EYE_COLOURS),
  occupation: fc.constantFrom(...OCCUPATIONS),
  jitter: fc.record({
    jaw: span(0.3),
    brow: span(0.3),
    lash: span(0.3),
    lip: span(0.3),
    tilt: span(5),
    lean: span(1.5),
    clothesTint: span(0.1),
    top: fc.nat(20),
    coverColour: fc.nat(20),
    frame: fc.nat(20),
    mirror: fc.boolean(),
  }),
});

/** Any picture of 1 to 4 people. */
export const anyPicture: fc.Arbitrary<Picture> = fc.record({
  people: fc.array(anyPerson, { minLength: 1, maxLength: 4 }),
  scene: fc.constantFrom(...SCENES),
  seed: fc.nat(),
});
