/** What a run still has to do, and how long that takes, from what the same kind of work took so far. */
export interface Progress {
  /** Adds one denoising step of so many images. */
  step(images: number, milliseconds: number): void;
  /** Adds one finished image: decoded and read. */
  finish(milliseconds: number): void;
  /** Adds image-steps to what is to do, or takes them off when negative: of further passes, which nobody knows beforehand. */
  expect(steps: number): void;
  /** Takes back work that will not be done, when a lane fails. */
  drop(images: number, steps: number): void;
  readonly done: number;
  readonly total: number;
  /** Milliseconds; null before the first measurement. */
  remainingMs(): number | null;
}

/**
 * Work is counted in image-steps, and finishing an image counts as one more.
 * The first measurement of each kind is left out of the mean as soon as there is a second: it holds compilation
 * (WebGPU pipelines: seconds) that will not come again.
 */
export function createProgress(images: number, steps: number): Progress {
  let stepsLeft = images * steps;
  let finishesLeft = images;
  let total = stepsLeft + finishesLeft;
  const stepTime = steadyMean();
  const finishTime = steadyMean();
  return {
    step(count, milliseconds) {
      stepsLeft -= count;
      stepTime.add(milliseconds / count);
    },
    finish(milliseconds) {
      finishesLeft -= 1;
      finishTime.add(milliseconds);
    },
    expect(count) {
      stepsLeft += count;
      total += count;
    },
    drop(images, steps) {
      stepsLeft -= steps;
      finishesLeft -= images;
      total -= steps + images;
    },
    get done() {
      return total - stepsLeft - finishesLeft;
    },
    get total() {
      return total;
    },
    remainingMs() {
      const step = stepTime.mean();
      // Until an image was finished, finishing is taken to cost as much as two steps of it.
      return step === null ? null : stepsLeft * step + finishesLeft * (finishTime.mean() ?? 2 * step);
    },
  };
}

function steadyMean() {
  let mean: number | null = null;
  let count = 0;
  return {
    add(value: number) {
      count += 1;
      // An exponential mean follows a laptop that gets slower as it gets warm.
      mean = mean === null || count === 2 ? value : mean + (value - mean) * Math.max(0.1, 1 / (count - 1));
    },
    mean: () => mean,
  };
}
