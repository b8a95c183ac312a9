/** The drawn world: people with known attributes, their pictures, their captions, and the bias they are drawn with. */
export * from './bias';
export { captionOf, vocabularyCaptions } from './caption';
export { describePerson, describePicture, type PersonLabels } from './describe';
export { drawPicture } from './draw/picture';
export { HELD_OUT, type HeldOutPair, isHeldOut } from './heldout';
export { headBoxes } from './layout';
export { COUNT_SHARES, type Group, MENTION_RATES, type Mentions, type Plan } from './plan';
export { type ExplicitPrompt, explicitPrompts, neutralPrompt, SUGGESTED_PROMPTS } from './prompts';
export { type Sample, sampleBalanced, sampleWorld } from './sample';
export * from './types';
export { rendererHash } from './version';
