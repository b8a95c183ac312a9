import { createPrng, type Prng } from '../../src/core/rng';
import type { Digits, Pair } from './digits';
import { noiseOf, SIGNAL, TIMESTEPS, wavesOf } from './network';
import type { Rows } from './trainer';

export const BATCH = 64;
/** Fresh normal numbers for every step would take longer than the step: each row takes a stretch of a long tape. */
const TAPE = 400_000;

/**
 * Training batches of an imbalanced world.
 * @param share of the first digit, 0..1. Both digits' pictures are used in full; the share is how often each is drawn.
 */
export function createWorld(
  digits: Digits,
  pair: Pair,
  share: number,
  seed: number,
): { batch(step: number): Rows } {
  const sets = pair.map((digit) => digits.pictures(digit));
  const pixels = sets[0]![0]!.length;
  const tape = noiseOf(seed, TAPE);
  return {
    batch(step) {
      // By step, so that a training that was put away goes on as if it had not been.
      const random = createPrng(seed * 1_000_003 + step);
      const timesteps = Array.from({ length: BATCH }, (_, row) =>
        Math.min(TIMESTEPS - 1, Math.floor(((row + random.uniform()) / BATCH) * TIMESTEPS)),
      );
      const [x, velocity] = [new Float32Array(BATCH * pixels), new Float32Array(BATCH * pixels)];
      const mix = new Float32Array(BATCH * 2);
      const classes = new Float32Array(BATCH * 2);
      for (let row = 0; row < BATCH; row++) {
        const kind = random.uniform() < share ? 0 : 1;
        classes[row * 2 + kind] = 1;
        const picture = pick(sets[kind]!, random);
        const signal = SIGNAL[timesteps[row]!]!;
        const [keep, add] = [Math.sqrt(signal), Math.sqrt(1 - signal)];
        mix.set([keep, add], row * 2);
        const from = random.integer(TAPE - pixels);
        for (let i = 0; i < pixels; i++) {
          velocity[row * pixels + i] = keep * tape[from + i]! - add * picture[i]!;
          x[row * pixels + i] = keep * picture[i]! + add * tape[from + i]!;
        }
      }
      return { x, mix, velocity, classes, wave: wavesOf(timesteps) };
    },
  };
}

const pick = <T>(from: readonly T[], random: Prng): T => from[random.integer(from.length)]!;
