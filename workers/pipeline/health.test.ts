import { describe, expect, it } from 'vitest';
import { tensor } from '../../src/core/tensor';
import { checkLatent, checkPicture } from './health';

const picture = (level: (i: number) => number) => ({
  width: 4,
  height: 4,
  pixels: Uint8ClampedArray.from({ length: 64 }, (_, i) => (i % 4 === 3 ? 255 : level(i))),
});

describe('the checks on what was calculated', () => {
  it('find NaN and infinity in a latent, and name the seed and the step', () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => checkLatent(tensor(Float32Array.of(0, bad), [2]), 42, 4)).toThrow(
        'seed 42 broke down in step 5',
      );
    }
    checkLatent(tensor(Float32Array.of(0, 1e30), [2]), 42, 4);
  });

  it('find a flat picture whatever its colour, and let a dark but drawn one pass', () => {
    expect(() =>
      checkPicture(
        picture(() => 0),
        1,
      ),
    ).toThrow('flat colour');
    expect(() =>
      checkPicture(
        picture((i) => 200 + (i % 3)),
        1,
      ),
    ).toThrow('flat colour');
    checkPicture(
      picture((i) => i % 7),
      1,
    );
  });
});
