import { frechetDistance, precisionRecall } from '../../../src/core/metrics';
import { sampleWorld } from '../../../src/core/world';
import type { Measurement } from '../../lib/report';
import { shareFrom } from '../counting';
import { jackknife } from '../jackknife';
import { type DrawJob, inChunks, type ReadPicture, type RenderJob } from '../jobs';
import { type MakePart, type Plan, SEEDS } from './part';

/** Pictures drawn for captions of the world, the renderings of the same captions, and renderings of others. */
export interface Sets {
  readonly drawn: readonly DrawJob[];
  readonly rendered: readonly RenderJob[];
  readonly others: readonly RenderJob[];
}

export function setsOf({ settings, count }: Plan): Sets {
  const n = count(1000);
  return {
    drawn: inChunks(SEEDS.captions, n, 1, (seeds) => ({
      kind: 'draw',
      prompt: sampleWorld(seeds[0]!).caption,
      seeds,
      settings,
      features: true,
    })),
    rendered: renderings(SEEDS.captions, n),
    others: renderings(SEEDS.otherRenderings, n),
  };
}

export function renderings(first: number, count: number): readonly RenderJob[] {
  return inChunks(first, count, 50, (seeds) => ({ kind: 'render', sampler: 'world', seeds, features: true }));
}

/** @throws RangeError for a picture whose job asked for no features. */
export function featuresOf(pictures: readonly ReadPicture[]): (readonly number[])[] {
  return pictures.map(({ seed, features }) => {
    if (!features) throw new RangeError(`The features of seed ${seed} were not asked for.`);
    return features;
  });
}

/**
 * Do the pictures as a whole look like the world's? Drawn ones and, as the floor, renderings of the very same captions are each
 * compared with renderings of other captions.
 */
export const distribution: MakePart = (plan) => {
  const sets = setsOf(plan);
  return {
    jobs: [...sets.drawn, ...sets.rendered, ...sets.others],
    evaluate(answers) {
      const drawn = featuresOf(answers.read(sets.drawn));
      const rendered = featuresOf(answers.read(sets.rendered));
      const others = featuresOf(answers.read(sets.others));
      const name = "world-FID (Fréchet distance of the independent reader's features)";
      return {
        measurements: [
          distance(name, drawn, others),
          distance(`${name}: floor, two sets of renderings`, rendered, others),
          ...precisionAndRecall('', drawn, others),
          ...precisionAndRecall(': floor, two sets of renderings', rendered, others),
        ],
      };
    },
  };
};

type Features = readonly (readonly number[])[];

function distance(name: string, a: Features, b: Features): Measurement {
  return { name, ...jackknife(a, (some) => frechetDistance(some, b), { lowest: 0 }), n: a.length };
}

function precisionAndRecall(which: string, tried: Features, real: Features): Measurement[] {
  const { precision, recall } = precisionRecall(real, tried);
  return [
    shareFrom(`precision (k = 3)${which}`, Math.round(precision * tried.length), tried.length),
    shareFrom(`recall (k = 3)${which}`, Math.round(recall * real.length), real.length),
  ];
}
