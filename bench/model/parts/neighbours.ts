import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, type Neighbour, nearest } from '../../../src/core/metrics';
import { sampleWorld } from '../../../src/core/world';
import type { Picture } from '../../../workers/pipeline/decoder';
import { folderSource } from '../../../workers/pipeline/folderSource';
import { loadPipeline } from '../../../workers/pipeline/pipeline';
import { createNodeRuntime } from '../../../workers/runtime/node';
import { contactSheet, encodePng } from '../../lib/png';
import type { Measurement } from '../../lib/report';
import { shareOfHits } from '../counting';
import { drawImages } from '../drawing';
import type { DrawJob } from '../jobs';
import { render } from '../rendering';
import { featuresOf, renderings, setsOf } from './distribution';
import type { MakePart, Plan } from './part';

const SHOWN = 64;
const PAIRS_A_ROW = 8;

/** Does it copy? Distances to the nearest training picture, of drawn pictures and of renderings that were never trained on. */
export const neighbours: MakePart = (plan) => {
  const sets = setsOf(plan);
  // The biased training set begins at seed 0.
  const training = renderings(0, plan.count(10_000));
  return {
    jobs: [...sets.drawn, ...sets.rendered, ...training],
    async evaluate(answers) {
      const trained = answers.read(training);
      const pool = featuresOf(trained);
      const drawn = nearest(featuresOf(answers.read(sets.drawn)), pool);
      const rendered = nearest(featuresOf(answers.read(sets.rendered)), pool);
      const shown = sets.drawn.slice(0, SHOWN);
      await writeSheet(
        plan,
        shown,
        drawn.slice(0, SHOWN).map(({ index }) => trained[index]!.seed),
      );
      const near = quantile(rendered, 0.01);
      return {
        measurements: [
          ratioOf(drawn, rendered, pool.length),
          shareOfHits(
            'drawn pictures nearer to a training picture than 99 % of fresh renderings are',
            drawn.map(({ distance }) => distance < near),
          ),
        ],
        details: {
          nearestTraining: {
            trainingPictures: pool.length,
            drawn: deciles(drawn),
            freshRenderings: deciles(rendered),
          },
        },
      };
    },
  };
};

/** Well below 1 would mean copies. */
function ratioOf(drawn: readonly Neighbour[], rendered: readonly Neighbour[], pool: number): Measurement {
  const items = [
    ...drawn.map((one) => ['drawn', one] as const),
    ...rendered.map((one) => ['rendered', one] as const),
  ];
  const ratio = (some: readonly (typeof items)[number][]) => {
    const of = (set: string) => some.flatMap(([which, one]) => (which === set ? [one] : []));
    return quantile(of('drawn'), 0.5) / quantile(of('rendered'), 0.5);
  };
  const value = ratio(items);
  const interval = bootstrap(items, ratio, { promptOf: ([set]) => set, resamples: 300 });
  return {
    name: `median distance to the nearest of ${pool} training pictures, drawn / fresh renderings`,
    value,
    n: drawn.length,
    interval: [interval?.low ?? value, interval?.high ?? value],
  };
}

function quantile(neighbours: readonly Neighbour[], q: number): number {
  const sorted = neighbours.map(({ distance }) => distance).sort((a, b) => a - b);
  return sorted[Math.round(q * (sorted.length - 1))]!;
}

const deciles = (neighbours: readonly Neighbour[]): number[] =>
  Array.from({ length: 11 }, (_, i) => Number(quantile(neighbours, i / 10).toPrecision(4)));

/** Each drawn picture with the nearest training picture to its right, at half their size. */
async function writeSheet({ model, pictures }: Plan, jobs: readonly DrawJob[], seeds: readonly number[]) {
  const pipeline = await loadPipeline(folderSource(model), await createNodeRuntime(), () => {});
  const cells: Picture[] = [];
  for (const [i, job] of jobs.entries()) {
    const [image] = await drawImages(pipeline, job);
    cells.push(halved(image!), halved(render(sampleWorld(seeds[i]!))));
  }
  await pipeline.close();
  const { width, height, pixels } = contactSheet(cells, 2 * PAIRS_A_ROW);
  mkdirSync(pictures, { recursive: true });
  writeFileSync(join(pictures, 'nearest-neighbours.png'), encodePng(width, height, pixels));
}

function halved({ width, height, pixels }: Picture): Picture {
  const [w, h] = [width / 2, height / 2];
  const half = new Uint8ClampedArray(w * h * 4);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      for (let c = 0; c < 4; c++) {
        const at = (2 * y * width + 2 * x) * 4 + c;
        const sum = pixels[at]! + pixels[at + 4]! + pixels[at + 4 * width]! + pixels[at + 4 * width + 4]!;
        half[(y * w + x) * 4 + c] = sum / 4;
      }
    }
  }
  return { width: w, height: h, pixels: half };
}
