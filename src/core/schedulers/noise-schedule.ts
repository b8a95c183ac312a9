import type { SchedulerConfig } from './types';

const f32 = Math.fround;
const MAX_BETA = 0.999;

/**
 * alpha-bar of every training timestep: length trainSteps, falling, in (0, 1] (0 at the end under zero terminal SNR).
 * Betas are rounded to float32 as diffusers keeps them: with a cosine schedule the last alphas are so small that this
 * rounding alone moves the largest sigma by 5e-5.
 * Source: diffusers `DDIMScheduler.__init__`; cosine schedule: Nichol and Dhariwal 2021, eq. 17.
 */
export function alphaBars(config: SchedulerConfig): Float64Array {
  let betas = config.trainedBetas?.map(f32) ?? betasOf(config);
  if (config.rescaleBetasZeroSnr) betas = rescaleToZeroSnr(betas);
  return cumulative(betas.map((beta) => f32(1 - beta)));
}

function betasOf({ betaSchedule, betaStart, betaEnd, trainSteps }: SchedulerConfig): number[] {
  switch (betaSchedule) {
    case 'linear':
      return linspace(betaStart, betaEnd, trainSteps);
    case 'scaled_linear':
      return linspace(Math.sqrt(betaStart), Math.sqrt(betaEnd), trainSteps).map((root) => f32(root * root));
    case 'squaredcos_cap_v2':
      return Array.from({ length: trainSteps }, (_, i) =>
        f32(Math.min(1 - cosineAlphaBar((i + 1) / trainSteps) / cosineAlphaBar(i / trainSteps), MAX_BETA)),
      );
  }
}

function cosineAlphaBar(t: number): number {
  return Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2;
}

/** torch.linspace in float32: counted from both ends, so that it is symmetric. */
function linspace(start: number, end: number, count: number): number[] {
  const step = f32((f32(end) - f32(start)) / (count - 1));
  return Array.from({ length: count }, (_, i) =>
    f32(i < count / 2 ? f32(start) + step * i : f32(end) - step * (count - 1 - i)),
  );
}

/** Products in float64, each kept as float32, as torch.cumprod does on a CPU. */
function cumulative(alphas: readonly number[]): Float64Array {
  const out = new Float64Array(alphas.length);
  let product = 1;
  alphas.forEach((alpha, i) => {
    product *= alpha;
    out[i] = f32(product);
  });
  return out;
}

/** Lin et al. 2023 (arXiv 2305.08891), algorithm 1: shifts sqrt(alpha-bar) to end at 0, and scales it to start where it did. */
function rescaleToZeroSnr(betas: readonly number[]): number[] {
  const roots = Array.from(cumulative(betas.map((beta) => f32(1 - beta))), (bar) => f32(Math.sqrt(bar)));
  const first = roots[0]!;
  const last = roots[roots.length - 1]!;
  const scale = f32(first / f32(first - last));
  const bars = roots.map((root) => f32(f32(f32(root - last) * scale) ** 2));
  return bars.map((bar, i) => f32(1 - (i === 0 ? bar : f32(bar / bars[i - 1]!))));
}
