import type { AttentionLayer } from '../method';
import { type Grid, mapped, normalised, otsu, resized } from './grid';

/**
 * Attention below this share of a pixel's whole is as good as none. Maps are compared in logarithms: on the embedded model a few
 * pixels get a hundred times as much as a person's others, and plain minimum-maximum scaling then sees those pixels only.
 */
const LEAST = 1e-6;
/** Weights of the two coarsest resolutions beside the mid-block, coarsest first (methods.md 4.4, step B: 16 x 16 and 32 x 32 of 64). */
const WEIGHTS = [1, 0.5];

/** What the layers say about one word, both 0..1 at latent resolution. */
export interface Voted {
  /** V: the weighted share of the layers that find the word here. */
  readonly votes: Grid;
  /** A-bar: the layers' normalised maps, averaged. */
  readonly attention: Grid;
}

/** Which layers vote, and how much each counts: index of the layer -> weight. All alike where there is only the mid-block. */
export function layerWeights(
  layers: readonly Pick<AttentionLayer, 'layer' | 'place' | 'width' | 'height'>[],
): ReadonlyMap<number, number> {
  const outer = layers.filter(({ place }) => place !== 'mid');
  const voters = outer.length > 0 ? outer : layers;
  const sizes = [...new Set(voters.map(({ width, height }) => width * height))].sort((a, b) => a - b);
  return new Map(
    voters.flatMap(({ layer, width, height }): [number, number][] => {
      const weight = WEIGHTS[sizes.indexOf(width * height)];
      return weight === undefined ? [] : [[layer, weight]];
    }),
  );
}

/**
 * Block voting on one word (methods.md 4.4, step B). Each layer's map is scaled to the latent's size and to 0..1, and parted in two by
 * Otsu's threshold; then the layers vote.
 * @param layers maps of the word, with their weights; at least one.
 */
export function vote(
  layers: readonly { readonly map: Grid; readonly weight: number }[],
  width: number,
  height: number,
): Voted {
  const [votes, attention] = [new Float32Array(width * height), new Float32Array(width * height)];
  const total = layers.reduce((sum, { weight }) => sum + weight, 0);
  for (const { map, weight } of layers) {
    const logs = mapped(map, (value) => Math.log(Math.max(value, LEAST)));
    const { data } = normalised(resized(logs, width, height));
    const threshold = otsu(data);
    data.forEach((value, place) => {
      attention[place]! += (weight / total) * value;
      if (value > threshold) votes[place]! += weight / total;
    });
  }
  return { votes: { width, height, data: votes }, attention: { width, height, data: attention } };
}
