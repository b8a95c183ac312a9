/** Where the noun of the prompt goes. */
export const MASK = '[mask]';

/** The interventions of ENTIGEN, as its code has them, and its two irrelevant controls. */
export const SENTENCES = [
  {
    id: 'gender-irrespective',
    title: 'Gender: if all individuals can be ... irrespective of their gender',
    text: `if all individuals can be ${MASK} irrespective of their gender`,
  },
  {
    id: 'skin-irrespective',
    title: 'Skin color: if all individuals can be ... irrespective of their skin color',
    text: `if all individuals can be ${MASK} irrespective of their skin color`,
  },
  { id: 'gender-all', title: 'Gender: if all genders can be ...', text: `if all genders can be ${MASK}` },
  {
    id: 'skin-all',
    title: 'Skin color: if all skin color can be ...',
    text: `if all skin color can be ${MASK}`,
  },
  {
    id: 'control-honesty',
    title: 'Control: if honesty is the best policy',
    text: 'if honesty is the best policy',
  },
  {
    id: 'control-compassion',
    title: 'Control: if compassion is the basis of morality',
    text: 'if compassion is the basis of morality',
  },
] as const;
