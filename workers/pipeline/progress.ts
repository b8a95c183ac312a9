/** What a run still has to do, and how long that takes, from what the same kind of work took so far. */
export interface Progress {
  /** Adds steps that a lane takes before its images, while its method prepares. */
  prepare(lane: string, steps: number): void;
  /** Adds one denoising step of so many images of a lane. @param evaluations of the UNet that it really took, of all images together. */
  step(lane: string, images: number, evaluations: number, milliseconds: number): void;
  /** Adds steps that a further pass takes, of all images together: nobody knows of it before it begins. @param images of the batch. */
  pass(lane: string, images: number, steps: number): void;
  /** All steps of so many images are taken. What they needed is what the lane's other images are taken to need. */
  batch(lane: string, images: number): void;
  /** Adds one finished image: decoded and read. */
  finish(lane: string, milliseconds: number): void;
  /** Takes back what a lane has not done, when it fails. */
  drop(lane: string): void;
  readonly done: number;
  readonly total: number;
  /** Milliseconds; null before the first measurement. */
  remainingMs(): number | null;
}

export interface ProgressPlan {
  /** Ids. */
  readonly lanes: readonly string[];
  /** Of each lane. */
  readonly images: number;
  /** Of each image, in its first pass. */
  readonly steps: number;
  /** Evaluations of the UNet that a step of one image takes, until a lane has shown how many it is. */
  readonly branches: number;
}

interface LaneWork {
  stepsLeft: number;
  /** Images that have yet to begin, and images that have yet to be finished. */
  startsLeft: number;
  finishesLeft: number;
  /** Steps of further passes that are expected of an image. */
  extra: number;
  /** Evaluations of the UNet that are expected of a step of one image. */
  perStep: number;
  /** Of the batch under way. */
  batch: { steps: number; evaluations: number; extra: number };
}

/**
 * Work is counted in image-steps, and finishing an image counts as one more; time by evaluations of the UNet, which a step may
 * need more of (further branches) or none (steps that another lane has taken already).
 * The first measurement of each kind is left out of the mean as soon as there is a second: it holds compilation
 * (WebGPU pipelines: seconds) that will not come again.
 */
export function createProgress({ lanes, images, steps, branches }: ProgressPlan): Progress {
  const work = new Map(
    lanes.map((id): [string, LaneWork] => [
      id,
      {
        stepsLeft: images * steps,
        startsLeft: images,
        finishesLeft: images,
        extra: 0,
        perStep: branches,
        batch: noBatch(),
      },
    ]),
  );
  let total = lanes.length * images * (steps + 1);
  const evaluationTime = steadyMean();
  const finishTime = steadyMean();
  const sum = (of: (lane: LaneWork) => number) => [...work.values()].reduce((all, lane) => all + of(lane), 0);
  const expect = (lane: LaneWork, count: number) => {
    lane.stepsLeft += count;
    total += count;
  };
  return {
    prepare: (id, steps) => expect(work.get(id)!, steps),
    step(id, count, evaluations, milliseconds) {
      const lane = work.get(id)!;
      lane.stepsLeft -= count;
      lane.batch.steps += count;
      lane.batch.evaluations += evaluations;
      if (evaluations > 0) evaluationTime.add(milliseconds / evaluations);
    },
    pass(id, count, steps) {
      const lane = work.get(id)!;
      // What was expected is counted already.
      const spare = Math.max(0, lane.extra * count - lane.batch.extra);
      expect(lane, Math.max(0, steps - spare));
      lane.batch.extra += steps;
    },
    batch(id, count) {
      const lane = work.get(id)!;
      const { steps: taken, evaluations, extra } = lane.batch;
      lane.startsLeft -= count;
      const perImage = Math.round(extra / count);
      const unused = Math.max(0, lane.extra * count - extra);
      expect(lane, (perImage - lane.extra) * lane.startsLeft - unused);
      lane.extra = perImage;
      if (taken > 0) lane.perStep = evaluations / taken;
      lane.batch = noBatch();
    },
    finish(id, milliseconds) {
      work.get(id)!.finishesLeft -= 1;
      finishTime.add(milliseconds);
    },
    drop(id) {
      const lane = work.get(id)!;
      total -= lane.stepsLeft + lane.finishesLeft;
      work.delete(id);
    },
    get done() {
      return total - sum((lane) => lane.stepsLeft + lane.finishesLeft);
    },
    get total() {
      return total;
    },
    remainingMs() {
      const evaluation = evaluationTime.mean();
      if (evaluation === null) return null;
      // Until an image was finished, finishing is taken to cost as much as two steps of it.
      const finish = finishTime.mean() ?? 2 * branches * evaluation;
      return (
        sum((lane) => lane.stepsLeft * lane.perStep) * evaluation + sum((lane) => lane.finishesLeft) * finish
      );
    },
  };
}

const noBatch = () => ({ steps: 0, evaluations: 0, extra: 0 });

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
