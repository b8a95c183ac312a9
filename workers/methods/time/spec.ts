import type { MethodSpec } from '../method';
import { assignmentParameter, attributeParameter } from '../sharedParameters';

export const spec: MethodSpec = {
  id: 'time',
  title: 'TIME',
  summary:
    'Replaces an unspoken assumption of the text, so that "a doctor" is drawn as "a female doctor" would be, by one matrix and no training.',
  evidence: 'faithful',
  citation:
    'Orgad, Kawar and Belinkov, Editing Implicit Assumptions in Text-to-Image Diffusion Models, ICCV 2023: closed form, token alignment, three augmented sentences and lambda as in its code. Ours: it sends each image to a value by quota, where the paper sends every image of an occupation to the value that goes against the stereotype.',
  parameters: [
    attributeParameter,
    {
      type: 'choice',
      id: 'edited',
      title: 'Edited weights',
      help: 'Keys decide where in the picture a word acts, values what it brings there. Values alone need a UNet with two text inputs.',
      options: [
        { value: 'both', title: 'Keys and values' },
        { value: 'values', title: 'Values only' },
      ],
      default: 'both',
    },
    {
      type: 'number',
      id: 'lambda',
      title: 'Softness',
      help: 'How strongly the weights stay near the original ones, in squared text units (0.1 in the paper).',
      min: 1e-2,
      max: 1e3,
      step: 1e-2,
      default: 0.1,
      scale: 'log',
    },
    {
      type: 'number',
      id: 'strength',
      title: 'Strength',
      help: 'Blends between the original text (0, the very pixels of the base model) and the edited one (1).',
      min: 0,
      max: 1,
      step: 0.05,
      default: 1,
    },
    assignmentParameter,
  ],
  acts: 'text',
  relativeCost: 1,
  order: 60,
};
