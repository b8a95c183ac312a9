/** Every word a caption can use. First entries are the plain ones that prompts use. No occupation noun tells a gender. */
import type { Age, Cover, Expression, Gender, Glasses, Occupation, Scene, ToneGroup } from './types';

export interface Noun {
  readonly one: string;
  readonly many: string;
  /** Relative frequency among the occupation's nouns. */
  readonly weight: number;
}

const noun = (one: string, weight: number, many = `${one}s`): Noun => ({ one, many, weight });

export const NOUNS: Readonly<Record<Occupation, readonly [Noun, ...Noun[]]>> = {
  doctor: [noun('doctor', 4), noun('physician', 1)],
  nurse: [noun('nurse', 1)],
  engineer: [noun('engineer', 1)],
  ceo: [noun('ceo', 4), noun('boss', 1, 'bosses'), noun('chief executive', 1)],
  teacher: [noun('teacher', 5), noun('school teacher', 1)],
  chef: [noun('chef', 4), noun('cook', 1)],
  firefighter: [noun('firefighter', 1)],
  police: [noun('police officer', 4), noun('cop', 1)],
  farmer: [noun('farmer', 1)],
  scientist: [noun('scientist', 4), noun('researcher', 1)],
  housekeeper: [noun('housekeeper', 4), noun('cleaner', 1)],
  artist: [noun('artist', 4), noun('painter', 1)],
  person: [noun('person', 1, 'people')],
};

export const GENDER_NOUN: Readonly<Record<Gender, Noun>> = {
  woman: noun('woman', 1, 'women'),
  man: noun('man', 1, 'men'),
};
export const GENDER_ADJECTIVE: Readonly<Record<Gender, string>> = { woman: 'female', man: 'male' };
export const PRONOUN: Readonly<Record<Gender, string>> = { woman: 'her', man: 'his' };

/** The object every drawn person of the occupation has. */
export const OBJECT: Readonly<Record<Exclude<Occupation, 'person'>, string>> = {
  doctor: 'stethoscope',
  nurse: 'clipboard',
  engineer: 'wrench',
  ceo: 'briefcase',
  teacher: 'book',
  chef: 'pan',
  firefighter: 'axe',
  police: 'radio',
  farmer: 'pitchfork',
  scientist: 'flask',
  housekeeper: 'duster',
  artist: 'palette',
};

export const TONE_ADJECTIVE: Readonly<Record<ToneGroup, readonly [string, ...string[]]>> = {
  light: ['light-skinned', 'fair-skinned'],
  tan: ['tan', 'tan-skinned'],
  brown: ['brown-skinned'],
  dark: ['dark-skinned'],
};
export const TONE_SKIN: Readonly<Record<ToneGroup, string>> = {
  light: 'light skin',
  tan: 'tan skin',
  brown: 'brown skin',
  dark: 'dark skin',
};

export const AGE_ADJECTIVE: Readonly<Record<Age, readonly [string, ...string[]]>> = {
  young: ['young'],
  middle: ['middle-aged'],
  old: ['old', 'elderly'],
};

export const EXPRESSION_ADJECTIVE: Readonly<Record<Expression, readonly [string, ...string[]]>> = {
  smiling: ['smiling', 'happy'],
  neutral: ['serious'],
};
export const EXPRESSION_WITH: Readonly<Record<Expression, string>> = {
  smiling: 'a smile',
  neutral: 'a neutral expression',
};

export const COVER_NOUN: Readonly<Record<Exclude<Cover, 'none'>, Noun>> = {
  hijab: noun('hijab', 1),
  turban: noun('turban', 1),
};
export const GLASSES_PHRASE: Readonly<Record<Glasses, string>> = { yes: 'glasses', no: 'without glasses' };

export const SCENE_PHRASE: Readonly<Record<Scene, readonly [string, ...string[]]>> = {
  plain: ['on a plain background', 'against a plain background'],
  hospital: ['in a hospital', 'at the hospital'],
  office: ['in an office', 'at the office'],
  kitchen: ['in a kitchen', 'in the kitchen'],
  street: ['on a street', 'in the street'],
  field: ['in a field', 'on a field'],
  classroom: ['in a classroom', 'in the classroom'],
  lab: ['in a lab', 'in a laboratory'],
  garden: ['standing next to flowers', 'next to flowers', 'in a garden'],
};

export const COUNT_WORD = ['zero', 'one', 'two', 'three', 'four'] as const;

/** Openings for one person and for several, with their relative frequency. */
export const PREFIXES: readonly { readonly one: string; readonly many: string; readonly weight: number }[] = [
  { one: 'a photo of', many: 'a photo of', weight: 7 },
  { one: 'a picture of', many: 'a picture of', weight: 3 },
  { one: 'a portrait of', many: 'a portrait of', weight: 2 },
  { one: 'an image of', many: 'an image of', weight: 2 },
  { one: 'a photo of the face of', many: 'a photo of the faces of', weight: 2 },
  { one: '', many: '', weight: 4 },
];
