import { Resvg } from '@resvg/resvg-js';
import { drawPicture, type Picture as Plan } from '../../src/core/world';
import type { Picture } from '../../workers/pipeline/decoder';
import type { Pipeline } from '../../workers/pipeline/pipeline';
import type { GroupSets, Projector } from '../../workers/projector/types';
import { type WorldStereotype, worldSets } from '../../workers/projector/worldSets';

/** First seed of the pictures: far from those that the model was trained on. */
const SEED = 3_200_000_000;

/** The sets of the drawn world as pixels, drawn by resvg as the training data was. @param side of a picture, in pixels. */
export function drawnWorldSets(count: number, side: number, stereotype: WorldStereotype): GroupSets[] {
  const draw = (plan: Plan): Picture => {
    const { width, height, pixels } = new Resvg(drawPicture(plan), {
      fitTo: { mode: 'width', value: side },
    }).render();
    return { width, height, pixels: new Uint8ClampedArray(pixels) };
  };
  return worldSets(count, SEED, stereotype).map(({ id, fair, stereotypical }) => ({
    ...{ id, title: id, fair: fair.map(draw), stereotypical: stereotypical.map(draw) },
  }));
}

/** A projector for a model of the drawn world, as the page trains it. @param count pictures of each set. */
export async function trainWorldProjector(
  pipeline: Pipeline,
  { count = 100, steps = 300, stereotype = 'excess' as WorldStereotype } = {},
): Promise<Projector> {
  const groups = drawnWorldSets(count, pipeline.info.imageSize, stereotype);
  const source = `The drawn world, ${count} pictures a set, seed ${SEED}, ${stereotype}`;
  const job = { name: 'Drawn world', source, groups, steps, seed: 1 };
  return pipeline.trainProjector(job, () => {}, new AbortController().signal);
}
