import { createPrng } from '../core/rng';

const DRAWS = 1000;
const SEED = 7;

/**
 * Where a measure of K shares plausibly lies while images still arrive: the 95 % credible interval under the
 * Dirichlet(1/2) posterior of the shares (methods 7.5: no repeated fixed-n tests on a growing sample). Seeded, so the
 * same counts always give the same interval.
 * @param counts K counts >= 0, fractional allowed.
 */
export function measureInterval(
  counts: readonly number[],
  measure: (shares: readonly number[]) => number,
  level = 0.95,
): { readonly low: number; readonly high: number } {
  const { uniform, normal } = randomOf(SEED);
  const values = Float64Array.from({ length: DRAWS }, () => {
    const weights = counts.map((x) => gamma(x + 0.5, uniform, normal));
    const sum = weights.reduce((a, b) => a + b, 0);
    return measure(weights.map((weight) => weight / sum));
  }).sort();
  const tail = (1 - level) / 2;
  return {
    low: values[Math.floor(tail * (DRAWS - 1))]!,
    high: values[Math.ceil((1 - tail) * (DRAWS - 1))]!,
  };
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
