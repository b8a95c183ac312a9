import type { ParameterSpec } from './method';
import type { Nameable } from './words';

/** Parameters that several methods have; data only, since specs are loaded by the page. */

/** Attributes that can be asked for, alone or crossed; the values of the parameter 'attribute' of several methods. */
const CHOICES: Readonly<
  Record<string, { readonly title: string; readonly attributes: readonly Nameable[] }>
> = {
  gender: { title: 'Gender presentation', attributes: ['gender'] },
  tone: { title: 'Skin tone', attributes: ['tone'] },
  age: { title: 'Age', attributes: ['age'] },
  'gender-tone': { title: 'Gender x skin tone', attributes: ['gender', 'tone'] },
  'gender-tone-age': { title: 'Gender x skin tone x age', attributes: ['gender', 'tone', 'age'] },
};

export const attributeParameter: ParameterSpec = {
  type: 'choice',
  id: 'attribute',
  title: 'Attribute',
  help: 'What is evened out. Crossing gives every combination its share.',
  options: Object.entries(CHOICES).map(([value, { title }]) => ({ value, title })),
  default: 'gender',
};

export const assignmentParameter: ParameterSpec = {
  type: 'choice',
  id: 'assignment',
  title: 'Assignment',
  help: 'Quota follows the target as closely as whole numbers can; independent draws flip a coin for each image.',
  options: [
    { value: 'quota', title: 'Quota' },
    { value: 'iid', title: 'Independent draws' },
  ],
  default: 'quota',
};

/** The attributes behind a value of `attributeParameter`. */
export function chosenAttributes(choice: string): readonly Nameable[] {
  return CHOICES[choice]?.attributes ?? [];
}
