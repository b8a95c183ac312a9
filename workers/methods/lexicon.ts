import { NOUNS } from '../../src/core/world/words';

/**
 * Nouns for people. The first lines are the drawn world's own; the rest are the occupations that bias studies of
 * text-to-image models ask for (WinoBias, and the 37 of unified concept editing), so that brought models are served too.
 */
const WORLD = Object.values(NOUNS).flatMap((nouns) => nouns.map(({ one, many }) => ({ one, many })));

const STUDIES =
  'accountant analyst architect assistant attendant auditor baker banker barber biologist carpenter cashier chemist ' +
  'clerk counselor dancer dentist designer developer director driver editor electrician guard hairdresser janitor journalist ' +
  'laborer lawyer librarian lifeguard machinist manager mechanic mover musician pharmacist photographer pilot ' +
  'plumber politician professor programmer psychologist receptionist salesperson secretary sheriff singer ' +
  'soldier supervisor surgeon tailor technician therapist veterinarian waiter worker writer';

const GENERAL: readonly (readonly [string, string])[] = [
  ['human', 'humans'],
  ['individual', 'individuals'],
  ['adult', 'adults'],
  ['child', 'children'],
  ['student', 'students'],
  ['patient', 'patients'],
  ['friend', 'friends'],
  ['neighbor', 'neighbors'],
  ['athlete', 'athletes'],
  ['criminal', 'criminals'],
  ['woman', 'women'],
  ['man', 'men'],
  ['girl', 'girls'],
  ['boy', 'boys'],
];

export interface PersonNoun {
  /** Words, lower case: ["police", "officer"]. */
  readonly one: readonly string[];
  readonly many: readonly string[];
}

/** Longest first, so that "police officer" is found before "officer" would be. */
export const PERSON_NOUNS: readonly PersonNoun[] = [
  ...WORLD,
  ...STUDIES.split(' ').map((one) => ({ one, many: `${one}s` })),
  ...GENERAL.map(([one, many]) => ({ one, many })),
]
  .map(({ one, many }) => ({ one: one.split(' '), many: many.split(' ') }))
  .sort((a, b) => b.one.length - a.one.length);
