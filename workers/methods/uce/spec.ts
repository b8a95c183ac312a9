import type { MethodSpec } from '../method';
import { weightParameters } from './weights';

export const spec: MethodSpec = {
  id: 'uce',
  title: 'Unified concept editing (UCE)',
  summary:
    'Rewrites what an occupation means to the model, by adding so much of each attribute word that an audit of its own pictures comes out even.',
  evidence: 'faithful',
  citation:
    'Gandikota et al., Unified Concept Editing in Diffusion Models, WACV 2024: closed form, concept tokens and loop as in its code. Ours: gain, 32 images a round and a stop by interval instead of 10 images within 0.05, and other occupations as the preserve set. With all weights at 0 nothing is edited.',
  parameters: [
    ...weightParameters,
    {
      type: 'number',
      id: 'lambda',
      title: 'Softness',
      help: 'How strongly the weights stay near the original ones, in squared text units (0.5 in the code).',
      min: 1e-2,
      max: 1e3,
      step: 1e-2,
      default: 0.5,
      scale: 'log',
    },
  ],
  audited: true,
  acts: 'text',
  relativeCost: 1,
  order: 50,
};
