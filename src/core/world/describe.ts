/** The truth about a picture, as the value ids that readers, charts and tests use. */
import { headBoxes } from './layout';
import {
  type Age,
  type Box,
  type Cover,
  type Expression,
  type Gender,
  type Glasses,
  type MonkTone,
  type Occupation,
  type Person,
  type Picture,
  type ToneGroup,
  toneGroup,
} from './types';

export interface PersonLabels {
  /** null for androgynous people: readers are trained with the soft label 0.5. */
  readonly gender: Gender | null;
  readonly tone: ToneGroup;
  readonly monk: MonkTone;
  readonly age: Age;
  readonly glasses: Glasses;
  readonly cover: Cover;
  readonly expression: Expression;
  readonly occupation: Occupation;
  /** Head box in pixels of the 128 x 128 canvas. */
  readonly head: Box;
}

export function describePerson(person: Person): Omit<PersonLabels, 'head'> {
  return {
    gender: person.gender === 'androgynous' ? null : person.gender,
    tone: toneGroup(person.tone),
    monk: person.tone,
    age: person.age,
    glasses: person.glasses,
    cover: person.cover,
    expression: person.expression,
    occupation: person.occupation,
  };
}

/** Labels of everyone, from left to right. */
export function describePicture(picture: Picture): readonly PersonLabels[] {
  const boxes = headBoxes(picture);
  return picture.people.map((person, i) => ({
    ...describePerson(person),
    head: boxes[i] ?? { x: 0, y: 0, w: 0, h: 0 },
  }));
}
