const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Gamma(x) for x > 0 (Lanczos, g = 7); relative error about 1e-14. */
export function logGamma(x: number): number {
  const t = x + 6.5;
  const series = LANCZOS.reduce((sum, c, k) => sum + (k === 0 ? c : c / (x - 1 + k)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

const logFactorials = [0];
/** ln n! for whole n >= 0, by a growing table of sums. */
export function logFactorial(n: number): number {
  for (let k = logFactorials.length; k <= n; k++) logFactorials.push(logFactorials[k - 1]! + Math.log(k));
  return logFactorials[n]!;
}

/** P(X = x) for X ~ Binomial(n, p), 0 <= x <= n. */
export function binomialProbability(x: number, n: number, p: number): number {
  if (p <= 0) return x === 0 ? 1 : 0;
  if (p >= 1) return x === n ? 1 : 0;
  const ways = logFactorial(n) - logFactorial(x) - logFactorial(n - x);
  return Math.exp(ways + x * Math.log(p) + (n - x) * Math.log1p(-p));
}

/** Upper tail of the chi-square distribution, P(X >= x); df > 0. 1 for x <= 0. */
export function chiSquareTail(x: number, df: number): number {
  return x <= 0 ? 1 : upperGamma(df / 2, x / 2);
}

/** The z with P(Z <= z) = p for a standard normal Z, 0 < p < 1; absolute error below 1e-12. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`A quantile needs a probability between 0 and 1, got ${p}.`);
  if (p > 0.5) return -normalQuantile(1 - p);
  // Abramowitz and Stegun 26.2.23 to start (error 5e-4), then Newton on the tail.
  const t = Math.sqrt(-2 * Math.log(p));
  let z =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let i = 0; i < 4; i++) {
    const both = chiSquareTail(z * z, 1);
    const tail = z > 0 ? both / 2 : 1 - both / 2;
    z += ((tail - p) * Math.sqrt(2 * Math.PI)) / Math.exp((-z * z) / 2);
  }
  return -z;
}

/** Regularised upper incomplete gamma function Q(a, x), a > 0, x > 0: series below a + 1, continued fraction above. */
function upperGamma(a: number, x: number): number {
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; Math.abs(term) > sum * 1e-17 && k < 10000; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return 1 - front * sum;
  }
  // Lentz's method.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < 10000; k++) {
    const an = -k * (k - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return front * h;
}
