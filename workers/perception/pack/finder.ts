import type { Tensor } from '../../../src/core/tensor';
import type { Picture } from '../../pipeline/decoder';
import type { Graph } from '../../runtime/runtime';
import { type Box, thin } from '../peaks';
import { cutOut } from './cut';
import { type Finder, invalidPack } from './manifest';

/** A person somewhere in a picture: head, face, or all of it. */
export interface Found {
  /** In pixels of the picture. */
  readonly box: Box;
  /** 0..1 */
  readonly score: number;
}

export type FindPersons = (picture: Picture) => Promise<readonly Found[]>;

/** Takes the whole picture for one person. */
export const findWhole: FindPersons = async ({ width, height }) => [{ box: [0, 0, width, height], score: 1 }];

/** @param graph of a detector. @throws EvenhandError 'pack-invalid' at the first picture when its outputs are not as the pack says. */
export function findBoxes(graph: Graph, finder: Extract<Finder, { kind: 'boxes' }>): FindPersons {
  const { input, form, unit, threshold, iou } = finder;
  const name = graph.inputs[0]?.name ?? 'input';
  return async (picture) => {
    const whole: Box = [0, 0, picture.width, picture.height];
    const outputs = await graph.run({ [name]: cutOut(picture, whole, { ...input, filter: 'bilinear' }) });
    const { boxes, scores, classes } = partsOf(outputs, finder);
    const [across, down] =
      unit === 'share'
        ? [picture.width, picture.height]
        : [picture.width / input.width, picture.height / input.height];
    const found: Found[] = [];
    for (let k = 0; k < boxes.dims[1]!; k++) {
      const score = scores.data[k * classes + Math.min(finder.class, classes - 1)]!;
      if (!(score >= threshold)) continue;
      const [a, b, c, d] = boxes.data.subarray(4 * k, 4 * k + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      const [left, top, width, height] =
        form === 'corners' ? [a, b, c - a, d - b] : [a - c / 2, b - d / 2, c, d];
      if (width > 0 && height > 0) {
        found.push({ box: [left * across, top * down, width * across, height * down], score });
      }
    }
    found.sort((a, b) => b.score - a.score);
    return thin(found, iou).sort((a, b) => a.box[0] - b.box[0]);
  };
}

function partsOf(outputs: Readonly<Record<string, Tensor>>, finder: Extract<Finder, { kind: 'boxes' }>) {
  const all = Object.entries(outputs);
  const pick = (name: string | undefined, fits: (dims: readonly number[]) => boolean) =>
    (name === undefined ? all.find(([, { dims }]) => fits(dims)) : all.find(([own]) => own === name))?.[1];
  const boxes = pick(finder.boxes, (dims) => dims.length === 3 && dims[2] === 4);
  const count = boxes?.dims[1];
  const scores = pick(
    finder.scores,
    (dims) => dims[1] === count && (dims.length === 2 || (dims.length === 3 && dims[2] !== 4)),
  );
  if (boxes?.dims.length !== 3 || boxes.dims[2] !== 4 || !scores || scores.dims[1] !== count) {
    const shapes = all.map(([name, { dims }]) => `${name} [${dims.join(', ')}]`).join(', ');
    throw invalidPack(
      finder.graph,
      `a finder gives boxes [1, N, 4] and scores [1, N, classes], and this graph gives ${shapes}`,
    );
  }
  return { boxes, scores, classes: scores.dims[2] ?? 1 };
}
