import type { Tensor } from '../../../src/core/tensor';

/** What a word changes in h-space, channel by channel. */
export interface Direction {
  /** [C]: mean difference over pictures, steps and pixels. */
  readonly change: Float64Array;
  /** Its length against that of the mid-block's mean output, both over channels. */
  readonly share: number;
}

/** Gathers pairs of mid-block outputs of one latent and timestep, with the word and without it. */
export function createDirection(channels: number): {
  /** @param told, plain [C, h, w]. */
  add(told: Tensor, plain: Tensor): void;
  /** @throws RangeError when nothing was added. */
  direction(): Direction;
} {
  const [change, output] = [new Float64Array(channels), new Float64Array(channels)];
  let count = 0;
  return {
    add(told, plain) {
      const pixels = plain.data.length / channels;
      plain.data.forEach((value, i) => {
        const channel = Math.floor(i / pixels);
        change[channel]! += (told.data[i]! - value) / pixels;
        output[channel]! += value / pixels;
      });
      count += 1;
    },
    direction() {
      if (count === 0) throw new RangeError('No mid-block was measured.');
      const share = Math.hypot(...change) / (Math.hypot(...output) || 1);
      return { change: change.map((value) => value / count), share };
    },
  };
}

/** Directions of several attributes add up. @returns [C, 1, 1], for every pixel. */
export function pushOf(directions: readonly Direction[], strength: number): Tensor {
  const channels = directions[0]!.change.length;
  const data = Float32Array.from(
    { length: channels },
    (_, i) => strength * directions.reduce((sum, { change }) => sum + change[i]!, 0),
  );
  return { data, dims: [channels, 1, 1] };
}
