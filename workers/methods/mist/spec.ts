import type { MethodSpec } from '../method';
import { assignmentParameter, attributeParameter } from '../sharedParameters';

export const spec: MethodSpec = {
  id: 'mist',
  title: 'MIST',
  summary:
    'Maps the text embedding by one matrix that takes the attribute out of the occupation, or sets it.',
  evidence: 'after',
  citation:
    'After Yesiltepe, Akdemir and Yanardag, MIST: Mitigating Intersectional Bias with Disentangled Cross-Attention Editing, arXiv 2403.19738, 2024. Its objective is known to us from a third-party summary; the closed form, the target mode and all defaults are ours.',
  parameters: [
    {
      type: 'choice',
      id: 'mode',
      title: 'Mode',
      help: 'Remove takes the direction of the attribute out of the text, for all images alike. Target sends each image to one value, by quota.',
      options: [
        { value: 'null', title: 'Remove (mist-null)' },
        { value: 'target', title: 'Target (mist-target)' },
      ],
      default: 'null',
    },
    attributeParameter,
    {
      type: 'number',
      id: 'rho',
      title: 'Softness',
      help: 'How much the edit holds back to stay near the original weights. Small: the edit is made in full.',
      min: 1e-3,
      max: 10,
      step: 1e-3,
      default: 1e-2,
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
    {
      type: 'boolean',
      id: 'preserve',
      title: 'Preserve other prompts',
      help: 'Target mode only: keeps the empty prompt, other occupations and plain words for people where they are.',
      default: true,
    },
    { ...assignmentParameter, help: `Target mode only. ${assignmentParameter.help}` },
  ],
  relativeCost: 1,
  order: 30,
};
