import type { MethodSpec } from '../method';
import { assignmentParameter, attributeParameter } from '../sharedParameters';

export const spec: MethodSpec = {
  id: 'attention-guidance',
  title: 'Linguistic-aligned attention guidance',
  summary:
    'Finds each person in the picture and gives everyone a value of their own, so that two doctors can be a woman and a man, and leaves the rest as it was.',
  evidence: 'after',
  citation:
    'After Linguistic-aligned Attention Guidance and Fair Inference, ACM Multimedia 2024, doi 10.1145/3664647.3680748. The idea is theirs: regions of the nouns for people from cross-attention by block voting and linguistic alignment, and fair attributes inside these regions, person by person. All formulas are ours, since theirs could not be read. Ours too: attention compared in logarithms, and individuals told apart by the reader, one detection one individual, because the attention of a small model shows where people are but not where one ends and the next begins.',
  parameters: [
    attributeParameter,
    {
      type: 'choice',
      id: 'variant',
      title: 'Variant',
      help: 'Two passes draw the base picture first, look at all of it, and draw the people again. Online looks while it draws: cheaper, but it has seen less when it begins, and it cannot put the background back.',
      options: [
        { value: 'two-pass', title: 'Two passes' },
        { value: 'online', title: 'Online' },
      ],
      default: 'two-pass',
    },
    {
      type: 'number',
      id: 'strength',
      title: 'Guidance inside',
      help: 'How hard each person is drawn towards the value, next to the guidance scale of the run. 1: as if the prompt said it. 0: the very pixels of the base model.',
      min: 0,
      max: 3,
      step: 0.1,
      default: 1.5,
    },
    {
      type: 'number',
      id: 'start',
      title: 'Start',
      help: 'Share of the steps before people are edited: the later, the more of them stays, and the less can still change. Online, people must be seen by then, which takes two steps.',
      min: 0,
      max: 0.9,
      step: 0.05,
      default: 0.1,
    },
    {
      type: 'number',
      id: 'threshold',
      title: 'Threshold',
      help: 'How strong the attention of the noun must be for a place to belong to a person, as a share of its strongest. Lower: wider regions.',
      min: 0.05,
      max: 0.9,
      step: 0.05,
      default: 0.25,
    },
    {
      type: 'choice',
      id: 'individuals',
      title: 'People told apart by',
      help: 'Attention shows where people are; who is who is told by the heads that the reader finds, or, with attention alone, by the shape of the region. A model without a reader always takes attention alone.',
      options: [
        { value: 'reader', title: 'Attention and reader' },
        { value: 'attention', title: 'Attention alone' },
      ],
      default: 'reader',
    },
    {
      type: 'boolean',
      id: 'background',
      title: 'Keep the background',
      help: "Outside of the people the base picture's own latents are put back after every step. Two passes only.",
      default: true,
    },
    {
      ...assignmentParameter,
      help: 'Quota evens out the people within each image, and what an odd number leaves over across images; independent draws flip a coin for every person.',
    },
  ],
  acts: 'attention',
  // Two passes, 16 steps, two values: 2 T + (2 + 2) (T - ceil(0.1 T)), over 2 T.
  relativeCost: 2.75,
  needs: ['probes'],
  order: 45,
};
