/** Fewest pictures of a set: every fifth is held out, and with fewer than four of those chance looks like learning. */
export const LEAST_PICTURES = 20;
