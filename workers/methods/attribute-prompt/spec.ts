import type { MethodSpec } from '../method';
import { assignmentParameter, attributeParameter } from '../sharedParameters';

export const spec: MethodSpec = {
  id: 'attribute-prompt',
  title: 'Attribute prompts',
  summary: 'Writes a sampled attribute word into each prompt: "a photo of a female doctor".',
  evidence: 'ours',
  citation:
    'Ours, as the simple baseline that every other method must beat: a known practice (for example Friedrich et al., FairDiffusion, 2023, take the same words), with a quota instead of a coin.',
  parameters: [attributeParameter, assignmentParameter],
  acts: 'prompt',
  relativeCost: 1,
  order: 10,
};
