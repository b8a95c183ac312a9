import { folderSource } from '../../workers/pipeline/folderSource';
import { loadPipeline } from '../../workers/pipeline/pipeline';
import type { Runtime } from '../../workers/runtime/runtime';
import { drawImages } from './drawing';
import { openIndependentReader } from './independentReader';
import type { Answer, Job } from './jobs';
import { render, sampleOf } from './rendering';
import { openAutoencoder, roundTrip } from './roundTrip';

/** Everything that a job needs, opened once: the model, its autoencoder, the independent reader. */
export interface Workshop {
  work(job: Job): Promise<Answer>;
}

/** @param model folder of the exported files. */
export async function createWorkshop(model: string, runtime: Runtime): Promise<Workshop> {
  const pipeline = await loadPipeline(folderSource(model), runtime, () => {});
  const autoencode = await openAutoencoder(model, runtime, pipeline.parts);
  const reader = await openIndependentReader(runtime);
  return {
    async work(job) {
      switch (job.kind) {
        case 'draw': {
          const images = await drawImages(pipeline, job);
          const read = (image: (typeof images)[number]) => reader.read(image.seed, image, job.features);
          return { kind: 'read', pictures: await inTurn(images, read) };
        }
        case 'render': {
          const read = (seed: number) => reader.read(seed, render(sampleOf(job.sampler, seed)), job.features);
          return { kind: 'read', pictures: await inTurn(job.seeds, read) };
        }
        case 'round-trip': {
          const trip = (seed: number) =>
            roundTrip(autoencode, pipeline.parts, seed, sampleOf(job.sampler, seed));
          return { kind: 'round-trip', pictures: await inTurn(job.seeds, trip) };
        }
      }
    },
  };
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
