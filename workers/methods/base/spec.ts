import type { MethodSpec } from '../method';

export const spec: MethodSpec = {
  id: 'base',
  title: 'Base model',
  summary: 'The model as it is: the lane that every other one is compared with.',
  evidence: 'faithful',
  citation:
    'Rombach et al., High-Resolution Image Synthesis with Latent Diffusion Models, CVPR 2022; classifier-free guidance after Ho and Salimans, 2022.',
  parameters: [],
  relativeCost: 1,
  order: 0,
};
