import { createPrng } from '../core/rng';

const DRAWS = 800;
const SEED = 7;
const LEVEL = 0.95;

/**
 * Where measures of K shares plausibly lie while images still arrive: the shortest 95 % credible interval under the
 * Dirichlet(1/2) posterior of the shares (methods 7.5: no repeated fixed-n tests on a growing sample), widened where needed
 * to hold the measure of the counts themselves. A bias is never negative, so equal tails would cut off the very 0 that even
 * counts show. Seeded, so the same counts always give the same interval.
 * @param counts K counts >= 0, fractional allowed. @param measures each of K shares that sum to 1.
 */
export function measureIntervals(
  counts: readonly number[],
  measures: readonly ((shares: readonly number[]) => number)[],
): readonly { readonly low: number; readonly high: number }[] {
  const { uniform, normal } = randomOf(SEED);
  const values = measures.map(() => new Float64Array(DRAWS));
  const shares = new Array<number>(counts.length).fill(0);
  for (let draw = 0; draw < DRAWS; draw++) {
    let sum = 0;
    for (let k = 0; k < counts.length; k++) {
      shares[k] = gamma(counts[k]! + 0.5, uniform, normal);
      sum += shares[k]!;
    }
    for (let k = 0; k < counts.length; k++) shares[k]! /= sum;
    measures.forEach((measure, i) => {
      values[i]![draw] = measure(shares);
    });
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  return measures.map((measure, i) => {
    const { low, high } = shortest(values[i]!.sort());
    if (total === 0) return { low, high };
    const own = measure(counts.map((count) => count / total));
    return { low: Math.min(low, own), high: Math.max(high, own) };
  });
}

/** The narrowest stretch of sorted draws that holds LEVEL of them. */
function shortest(sorted: Float64Array): { low: number; high: number } {
  const held = Math.ceil(LEVEL * sorted.length);
  let best = 0;
  const width = (from: number) => sorted[from + held - 1]! - sorted[from]!;
  for (let from = 1; from + held <= sorted.length; from++) if (width(from) < width(best)) best = from;
  return { low: sorted[best]!, high: sorted[best + held - 1]! };
}

interface Random {
  readonly uniform: () => number;
  readonly normal: () => number;
}

function randomOf(seed: number): Random {
  const { uniform } = createPrng(seed);
  // Box and Muller 1958; 1 - u keeps the logarithm finite.
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** A gamma variate of this shape and scale 1 (Marsaglia and Tsang 2000; below 1 by their boosting step). */
function gamma(shape: number, uniform: () => number, normal: () => number): number {
  if (shape < 1) return gamma(shape + 1, uniform, normal) * (1 - uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - uniform()) < x * x * 0.5 + d - d * v + d * Math.log(v)) return d * v;
  }
}
