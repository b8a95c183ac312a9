import type { MethodSpec } from '../method';
import { assignmentParameter, attributeParameter } from '../sharedParameters';

export const spec: MethodSpec = {
  id: 'equisteer',
  title: 'EquiSteer',
  summary:
    'Takes what tells the values apart out of what the words bring into the picture, and puts that of the wanted value in its place.',
  evidence: 'after',
  citation:
    "After EquiSteer, ECCV 2026 (arXiv 2607.01147) and its code: cross-attention outputs, their part along the values taken out, that of the wanted value put in, their length kept. Vectors and how much is put in are means over pictures of the run's own prompt (theirs: prompt pairs, and the largest response); whether a prompt already tells the attribute is read from its words (theirs: from a threshold at the first step); the quota is ours.",
  parameters: [
    attributeParameter,
    {
      type: 'number',
      id: 'strength',
      title: 'Strength',
      help: 'How far the words are steered: 1 is as far as the prompt that tells the value brings them. 0: the very pixels of the base model.',
      min: 0,
      max: 8,
      step: 0.25,
      default: 2,
    },
    {
      type: 'choice',
      id: 'length',
      title: 'Length',
      help: 'Whether what a pixel is told keeps its length when it is turned (as the paper recommends).',
      options: [
        { value: 'kept', title: 'Kept' },
        { value: 'free', title: 'Free' },
      ],
      default: 'kept',
    },
    {
      type: 'number',
      id: 'pictures',
      title: 'Measured on',
      help: 'Pictures of each prompt that the vectors are measured on before the first run with this prompt; they cost as much as pictures that are drawn.',
      min: 1,
      max: 32,
      step: 1,
      default: 4,
    },
    assignmentParameter,
  ],
  acts: 'attention',
  needs: ['steering'],
  relativeCost: 1,
  order: 94,
};
