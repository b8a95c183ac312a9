import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPrng } from '../../../src/core/rng';
import { type Tensor, tensor } from '../../../src/core/tensor';
import { pool } from '../../projector/pool';
import { madeProjector, randomRow } from '../../projector/testing/made';
import type { Projector } from '../../projector/types';
import { type CorrectorSettings, createCorrector } from './corrector';
import { priorLoss } from './guidance';

const projector = madeProjector();
const dims = projector.latentDims;
const settings: CorrectorSettings = {
  mode: 'prior',
  strength: 0.01,
  directWeight: 0.1,
  rounds: 1,
  along: 'gradient',
};
const latentOf = (seed: number) => tensor(randomRow(projector.network.inputs, seed), dims);
const asItIs = (latent: Tensor) => latent;
const lossAt = (latent: Tensor) =>
  priorLoss(projector.network, projector.groups[0]!.prior!, projector.tau, pool(latent)).value;
const rms = (a: Tensor, b: Tensor) => Math.hypot(...a.data.map((value, i) => value - b.data[i]!));

function correct(
  changes: Partial<CorrectorSettings>,
  seed = 11,
  using: Projector = projector,
  most = Number.POSITIVE_INFINITY,
) {
  const corrector = createCorrector(using, using.groups[0]!, { ...settings, ...changes })!;
  const latent = latentOf(seed);
  const { latent: moved, length } = corrector.correct(
    latent,
    latentOf(seed + 1),
    asItIs,
    most,
    createPrng(1),
  );
  return { latent, moved, length };
}

describe('a correction', () => {
  it('of a small step lowers the prior loss, along the gradient and along pictures', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.constantFrom('gradient', 'pictures'),
        (seed, along) => {
          const { latent, moved } = correct({ along, strength: 1e-3 }, seed);
          expect(lossAt(moved)).toBeLessThanOrEqual(lossAt(latent) + 1e-6);
        },
      ),
    );
  });

  it('knows how stereotypical a picture is: more than half where the prior loss is above log 2', () => {
    const { stereotype } = createCorrector(projector, projector.groups[0]!, settings)!;
    for (let seed = 1; seed < 30; seed++) {
      expect(stereotype(latentOf(seed))).toBeCloseTo(1 - Math.exp(-lossAt(latentOf(seed))), 9);
      expect(stereotype(latentOf(seed)) > 0.5).toBe(lossAt(latentOf(seed)) > Math.LN2);
    }
    const { latent, moved } = correct({ strength: 0.2, rounds: 3 });
    expect(stereotype(moved)).toBeLessThan(stereotype(latent));
  });

  it('moves by a share of the step before, and no further than is left to go', () => {
    const natural = rms(latentOf(11), latentOf(12));
    for (const [most, rounds, expected] of [
      [Number.POSITIVE_INFINITY, 1, 0.3 * natural],
      [0.1 * natural, 1, 0.1 * natural],
      [0.4 * natural, 3, 0.4 * natural],
      [0, 3, 0],
    ] as const) {
      const { latent, moved, length } = correct({ strength: 0.3, rounds }, 11, projector, most);
      expect(length).toBeCloseTo(expected, 5);
      expect(rms(latent, moved)).toBeLessThanOrEqual(expected * (1 + 1e-5) + 1e-9);
      if (rounds === 1) expect(rms(latent, moved)).toBeCloseTo(expected, 5);
    }
  });

  it('reaches as far as like pictures lie apart where a picture is as stereotypical as the mean, and nowhere where it is as fair', () => {
    const group = projector.groups[0]!;
    const { reach } = createCorrector(projector, group, settings)!;
    const rows = (set: Float32Array) =>
      Array.from({ length: 5 }, (_, k) =>
        set.subarray(k * projector.network.inputs, (k + 1) * projector.network.inputs),
      );
    const apart = rows(group.stereotypical).map((row) =>
      Math.min(...rows(group.fair).map((other) => rms(tensor(row, dims), tensor(other, dims)))),
    );
    const typical = Math.sqrt(apart.reduce((sum, d) => sum + d * d, 0) / apart.length);
    const reaches = Array.from({ length: 60 }, (_, k) => reach(latentOf(k + 1)));
    expect(Math.max(...reaches)).toBeCloseTo(typical, 5);
    expect(Math.min(...reaches)).toBe(0);
  });

  it('leaves the latent as it is at strength 0', () => {
    const { latent, moved } = correct({ strength: 0, rounds: 4, mode: 'both' });
    expect(moved.data).toEqual(latent.data);
  });

  it('has nothing to do where both priors are one, or there is none', () => {
    const [group] = projector.groups;
    const same = { fair: group!.prior!.fair, stereotypical: group!.prior!.fair };
    const equal = madeProjector({ groups: [{ ...group!, prior: same }] });
    for (const along of ['gradient', 'pictures'] as const) {
      const { latent, moved } = correct({ along, strength: 1 }, 11, equal);
      expect(moved.data).toEqual(latent.data);
    }
    const { prior: _, ...without } = group!;
    expect(createCorrector(projector, without, settings)).toBeUndefined();
  });

  it('of the direct guidance goes to the fair samples and draws the same ones for the same seed', () => {
    const distance = (latent: Tensor) => {
      const { fair } = projector.groups[0]!;
      const { inputs } = projector.network;
      let sum = 0;
      fair.forEach((value, i) => {
        sum += (value - latent.data[i % inputs]!) ** 2;
      });
      return sum;
    };
    const { latent, moved } = correct({ mode: 'direct', rounds: 8, strength: 0.2 });
    expect(distance(moved)).toBeLessThan(distance(latent));
    expect(correct({ mode: 'direct', rounds: 8, strength: 0.2 }).moved.data).toEqual(moved.data);
  });

  it('along pictures stays within what like pictures differ in, whatever else they differ in', () => {
    const { inputs } = projector.network;
    const { fair, stereotypical } = projector.groups[0]!;
    // Number 3 tells the pairs from each other, far apart, and is the same within a pair: it is never moved.
    const scenes = (set: Float32Array) =>
      set.map((value, i) => (i % inputs === 3 ? 100 * Math.floor(i / inputs) : value));
    const group = { ...projector.groups[0]!, fair: scenes(fair), stereotypical: scenes(stereotypical) };
    const { latent, moved } = correct(
      { along: 'pictures', strength: 1 },
      11,
      madeProjector({ groups: [group] }),
    );
    expect(moved.data[3]).toBe(latent.data[3]);
    expect(moved.data[4]).not.toBe(latent.data[4]);
  });
});
