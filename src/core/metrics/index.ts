export { CLEAR, clearValue, equalShares, type Probabilities, sharesOf, type Tally, tally } from './counts';
export { deltaMulti, deltaToDesired } from './delta';
export { klCorrected, klDivergence, normalisedEntropy } from './divergence';
export { fairnessDiscrepancy, fdSquaredCorrected, signedRoot } from './fd';
export { biasFloor } from './floor';
export { goodman, type Interval, wilson } from './intervals';
export { MEASURES, type Measure, type MeasureId } from './measures';
export { biasI, biasP, biasW, type ImageCounts, pairwiseBias } from './pairwise';
export { parityDifference, parityGap } from './parity';
