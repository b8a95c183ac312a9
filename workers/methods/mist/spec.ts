import type { MethodSpec } from '../method';
import { assignmentParameter, attributeParameter } from '../sharedParameters';

export const spec: MethodSpec = {
  id: 'mist',
  title: 'MIST',
  summary:
    'Maps the text embedding by one matrix that takes the attribute out of the occupation, or sets it: no image and no training is needed.',
  evidence: 'after',
  citation:
    'After Yesiltepe, Akdemir and Yanardag, MIST: Mitigating Intersectional Bias with Disentangled Cross-Attention Editing, arXiv 2403.19738, 2024. Its objective is known to us from a third-party summary; the closed form, the target mode, the ways to join several attributes and all defaults are ours.',
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
      type: 'choice',
      id: 'several',
      title: 'Several attributes',
      help: 'Remove mode only. Crossed takes out every combination ("a dark-skinned female doctor"), together takes out each attribute by itself in one solve, in turn does so one after the other.',
      options: [
        { value: 'crossed', title: 'Crossed' },
        { value: 'together', title: 'Together' },
        { value: 'sequential', title: 'In turn' },
      ],
      default: 'crossed',
    },
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
      type: 'choice',
      id: 'preserve',
      title: 'Preserve other prompts',
      help: 'Keeps the empty prompt, other occupations and plain words for people where they are. Remove mode needs none: there it makes the edit leak more into everything else.',
      options: [
        { value: 'target', title: 'In target mode' },
        { value: 'always', title: 'Always' },
        { value: 'never', title: 'Never' },
      ],
      default: 'target',
    },
    { ...assignmentParameter, help: `Target mode only. ${assignmentParameter.help}` },
  ],
  acts: 'text',
  relativeCost: 1,
  order: 30,
};
