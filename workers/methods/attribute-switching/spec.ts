import type { MethodSpec } from '../method';
import { assignmentParameter, attributeParameter } from '../sharedParameters';

export const spec: MethodSpec = {
  id: 'attribute-switching',
  title: 'Attribute switching',
  summary:
    'Lets the plain prompt lay out the picture and then switches to one that tells the value, so that people change and the scene does not.',
  evidence: 'after',
  citation:
    'After Choi et al., Fair Sampling in Diffusion Models through Switching Mechanism, AAAI 2024. It switches from one attribute value to another, at a noise level searched for on the model (their code tries 650 to 900 of 1000); ours begins with the plain prompt, at a set share of the steps, and gives the values by quota.',
  parameters: [
    attributeParameter,
    {
      type: 'number',
      id: 'switchAfter',
      title: 'Switch after',
      help: 'Share of the steps that are drawn with the plain prompt. 0: the same as attribute prompts. 1: the very pixels of the base model.',
      min: 0,
      max: 1,
      step: 0.05,
      default: 0.15,
    },
    assignmentParameter,
  ],
  acts: 'text',
  relativeCost: 1,
  order: 70,
};
