import type { MethodSpec } from '../method';
import { assignmentParameter, attributeParameter } from '../sharedParameters';

export const spec: MethodSpec = {
  id: 'h-space',
  title: 'h-space direction',
  summary:
    'Pushes the middle of the network, where the picture is smallest, the way a word like “female” would push it, without using the word.',
  evidence: 'after',
  citation:
    "After Li et al., Self-Discovering Interpretable Diffusion Latent Directions for Responsible Text-to-Image Generation, CVPR 2024 (arXiv 2311.17216): one vector a value, learnt from pictures of the value while the words tell nothing, added to the mid-block's output at every step and pixel. Theirs is found by gradient on the predicted noise; ours is the mean difference that the value's word makes there. On the embedded model neither carries gender: that model keeps it elsewhere.",
  parameters: [
    attributeParameter,
    {
      type: 'number',
      id: 'strength',
      title: 'Strength',
      help: 'How far the mid-block is pushed: 1 is as far as the word itself pushes it. 0: the very pixels of the base model.',
      min: 0,
      max: 50,
      step: 0.5,
      default: 1,
    },
    {
      type: 'number',
      id: 'pictures',
      title: 'Measured on',
      help: 'Pictures of each value that the directions are measured on, once for each model; they cost one and a half times as much as pictures that are drawn.',
      min: 1,
      max: 32,
      step: 1,
      default: 4,
    },
    assignmentParameter,
  ],
  acts: 'middle',
  needs: ['middle'],
  relativeCost: 1,
  order: 96,
};
