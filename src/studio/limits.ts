/** The bounds of one run, in one place: the link, the composer and the request all check against these. */
export const LIMITS = {
  images: { min: 1, max: 500 },
  steps: { min: 1, max: 100 },
  guidance: { min: 0, max: 20 },
  batchSize: { min: 1, max: 16 },
  lanes: { min: 1, max: 6 },
  promptCharacters: 2000,
  laneNameCharacters: 60,
} as const;

/** Seeds are 32-bit unsigned integers, as torch.manual_seed of the pipeline takes them. */
export const MAX_SEED = 2 ** 32 - 1;
