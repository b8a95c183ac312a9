/** Sentences that stand in more than one place, or that must be worded with care. */
export const WORDS = {
  biasW:
    'Bias-W: the mean difference between the shares of any two values, over all persons of the lane. 0 is equal shares.',
  fd: 'FD, fairness discrepancy: the distance of the shares from the target. 0 is on target.',
  withinFloor:
    'At or below the floor: a perfectly fair model would look like this by chance. It cannot be told from fair, nor called better than another value below the floor.',
  aboveFloor:
    'The floor is what a perfectly fair model would show on average with this few persons. Only what is above it speaks of bias.',
  perceived:
    'As read by a classifier from a drawn picture. Presentation and perceived attributes, never identity.',
  bars: 'Each bar holds all probabilities; a reading counts once the largest passes the mark.',
  evidence: {
    faithful: 'faithful: as the published equations or code have it',
    after: 'after: the idea is published, the formula is ours',
    ours: 'ours: no publication behind it',
  },
} as const;
