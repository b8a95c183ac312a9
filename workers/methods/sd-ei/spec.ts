import type { MethodSpec } from '../method';
import { SENTENCES } from './sentences';

export const spec: MethodSpec = {
  id: 'sd-ei',
  title: 'Ethical intervention (SD-EI)',
  summary: 'Appends a sentence that asks for fairness to the prompt, or an irrelevant one as a control.',
  evidence: 'faithful',
  citation:
    'Bansal et al., How well can Text-to-Image Generative Models understand Ethical Natural Language Interventions?, EMNLP 2022; sentences as in its code (ENTIGEN). The embedded model never saw such sentences in training: what changes here is prompt noise, which is what the controls are there to show.',
  parameters: [
    {
      type: 'choice',
      id: 'sentence',
      title: 'Sentence',
      help: 'The last two say nothing about people: a change that they bring about too is mere prompt noise.',
      options: SENTENCES.map(({ id, title }) => ({ value: id, title })),
      default: 'gender-irrespective',
    },
  ],
  acts: 'prompt',
  relativeCost: 1,
  order: 20,
};
