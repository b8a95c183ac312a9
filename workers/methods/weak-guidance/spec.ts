import type { MethodSpec } from '../method';
import { assignmentParameter, attributeParameter } from '../sharedParameters';

export const spec: MethodSpec = {
  id: 'weak-guidance',
  title: 'Weak guidance',
  summary:
    'Nudges the end of the text a little towards the value in every other step of the first half, which is enough where the noise already leans that way.',
  evidence: 'after',
  citation:
    'After Kim et al., 2025 (arXiv 2408.12692v2), of which we know the abstract: text arithmetic from the end token on, in phases. Strength, phases and the quota are ours.',
  parameters: [
    attributeParameter,
    {
      type: 'number',
      id: 'strength',
      title: 'Strength',
      help: 'How far the end of the text goes towards that of the prompt with the value (1: all the way). 0: the very pixels of the base model.',
      min: 0,
      max: 4,
      step: 0.1,
      default: 1,
    },
    {
      type: 'number',
      id: 'until',
      title: 'Until',
      help: 'Share of the steps after which the text is left alone.',
      min: 0.1,
      max: 1,
      step: 0.05,
      default: 0.5,
    },
    assignmentParameter,
  ],
  acts: 'text',
  relativeCost: 1,
  order: 80,
};
