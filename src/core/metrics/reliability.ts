/** One bar of a reliability diagram: the readings whose confidence lies in low .. high. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly n: number;
  /** Mean confidence of these readings, 0 .. 1; 0 if there are none. */
  readonly confidence: number;
  /** Share of these readings that were right, 0 .. 1; 0 if there are none. */
  readonly accuracy: number;
}

export interface Reliability {
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error: mean over readings of |accuracy - confidence| of their bin, 0 .. 1. */
  readonly ece: number;
}

/**
 * Reliability diagram over bins of equal width (Guo et al. 2017, "On Calibration of Modern Neural Networks").
 * @param readings the probability of the likeliest value, 0 .. 1, and whether that value was right.
 * @throws RangeError if there are no readings, or a confidence is no probability.
 */
export function reliability(
  readings: readonly { readonly confidence: number; readonly right: boolean }[],
  bins = 15,
): Reliability {
  if (readings.length === 0) throw new RangeError('Calibration needs at least one reading.');
  const sums = Array.from({ length: bins }, () => ({ n: 0, confidence: 0, right: 0 }));
  for (const { confidence, right } of readings) {
    // Probabilities come from float32 sums, which may pass 1 by a rounding.
    if (!(confidence >= 0 && confidence <= 1 + 1e-6)) {
      throw new RangeError(`A confidence is a number in 0..1, got ${confidence}.`);
    }
    const bin = sums[Math.min(bins - 1, Math.floor(confidence * bins))]!;
    bin.n += 1;
    bin.confidence += confidence;
    bin.right += right ? 1 : 0;
  }
  const table = sums.map(({ n, confidence, right }, i) => ({
    low: i / bins,
    high: (i + 1) / bins,
    n,
    confidence: n > 0 ? confidence / n : 0,
    accuracy: n > 0 ? right / n : 0,
  }));
  const ece = table.reduce(
    (sum, { n, confidence, accuracy }) => sum + (n / readings.length) * Math.abs(accuracy - confidence),
    0,
  );
  return { bins: table, ece };
}
