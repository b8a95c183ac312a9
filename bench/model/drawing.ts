import type { Pipeline } from '../../workers/pipeline/pipeline';
import type { ImageResult } from '../../workers/protocol';
import type { DrawJob } from './jobs';

/** Images per UNet call, as the studio starts with. */
export const BATCH = 4;

/**
 * Draws one prompt as the base lane of the studio draws it.
 * @returns one image per seed, in their order. @throws Error if any is missing: it must never go uncounted.
 */
export async function drawImages(
  pipeline: Pipeline,
  { prompt, seeds, settings }: Pick<DrawJob, 'prompt' | 'seeds' | 'settings'>,
): Promise<readonly ImageResult[]> {
  const { variant, steps, guidanceScale, scheduler } = settings;
  const images: ImageResult[] = [];
  const outcome = await pipeline.runRequest(
    {
      prompt,
      seeds,
      steps,
      guidanceScale,
      scheduler,
      ...(variant === undefined ? {} : { variant }),
      batchSize: BATCH,
      lanes: [{ id: 'base', name: 'base', method: 'base', parameters: {} }],
      targets: [],
    },
    (event) => {
      if (event.type === 'image') images.push(event.image);
    },
    new AbortController().signal,
  );
  if (outcome.type !== 'done' || images.length !== seeds.length) {
    throw new Error(
      `"${prompt}" gave ${images.length} of ${seeds.length} images: ${JSON.stringify(outcome)}`,
    );
  }
  return images.sort((a, b) => a.index - b.index);
}
