import { type Measurement, shortfall } from '../lib/report';

/** A few-step variant may be worse than the full model by this much, on the scale of the figure. */
const ALLOWED = 0.03;

/**
 * How much worse a variant is than the full model, for every promised figure that both have; below 0 it is better.
 * The interval takes both as independent, from each one's own interval (Newcombe 1998, method 10).
 */
export function differencesOf(
  variant: string,
  full: readonly Measurement[],
  measured: readonly Measurement[],
): Measurement[] {
  return measured.flatMap((own) => {
    const other = full.find(({ name }) => name === own.name);
    if (!other || !own.aim) return [];
    const [mine, theirs] = [missOf(own), missOf(other)];
    const value = mine.value - theirs.value;
    return [
      {
        name: `${variant}, worse than the full model by: ${own.name}`,
        value,
        n: own.n,
        interval: [
          value - Math.hypot(mine.value - mine.low, theirs.high - theirs.value),
          value + Math.hypot(mine.high - mine.value, theirs.value - theirs.low),
        ],
        aim: { atMost: ALLOWED },
      },
    ];
  });
}

/** How far a measurement and the ends of its interval miss the aim. */
function missOf({ value, interval, aim }: Measurement): { value: number; low: number; high: number } {
  if (!aim) return { value: 0, low: 0, high: 0 };
  const all = [value, ...interval].map((one) => shortfall(one, aim));
  return { value: all[0]!, low: Math.min(...all), high: Math.max(...all) };
}
