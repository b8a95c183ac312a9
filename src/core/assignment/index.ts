export { ASSIGNMENT_MODES, type Assigner, type AssignmentMode, createAssigner } from './assigner';
export { mostLacking, seatsWithin } from './deficit';
export { type AttributeTarget, type Combination, productSet } from './target';
