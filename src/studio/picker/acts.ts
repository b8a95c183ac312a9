import type { ActsOn } from '../../../workers/methods/method';

/** Where a method takes hold, in the order in which a picture passes by. */
export const PLACES: readonly { readonly acts: ActsOn; readonly title: string; readonly says: string }[] = [
  { acts: 'prompt', title: 'Prompt', says: 'Other words, before the model reads them.' },
  {
    acts: 'text',
    title: 'Text',
    says: 'Other meanings: what the text encoder made of the words is changed.',
  },
  {
    acts: 'weights',
    title: 'Weights',
    says: 'Another model: its weights are rewritten before anything is drawn.',
  },
  {
    acts: 'attention',
    title: 'Attention',
    says: 'Inside the UNet: where in the picture each word acts is read or steered.',
  },
  {
    acts: 'middle',
    title: 'Mid-block',
    says: 'Inside the UNet, where the picture is smallest: its features are pushed.',
  },
  {
    acts: 'guidance',
    title: 'Guidance',
    says: 'At every step: the UNet is asked for more than the prompt, and its answers are joined.',
  },
  { acts: 'latent', title: 'Latent', says: 'At some steps: the half-drawn picture itself is moved.' },
];

export const placeTitle = (acts: ActsOn | undefined): string | undefined =>
  PLACES.find((place) => place.acts === acts)?.title;
