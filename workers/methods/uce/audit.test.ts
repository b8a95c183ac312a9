import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilson } from '../../../src/core/metrics';
import { createPrng } from '../../../src/core/rng';
import { AUDIT_DEFAULTS, type AuditRound, adjust, audit, type Counts } from './audit';
import { WEIGHT_LIMIT, type Weights } from './weights';

const even = { woman: 0.5, man: 0.5 };

describe('one turn of the audit', () => {
  it('adds to what there is too little of and takes from the rest: 0.3 (0.5 - 2 / 32)', () => {
    const { weights, within } = adjust({ woman: 0.1 }, { woman: 2, man: 30 }, even);
    expect(within).toBe(false);
    expect(weights.woman).toBeCloseTo(0.1 + 0.3 * 0.4375, 12);
    expect(weights.man).toBeCloseTo(-0.3 * 0.4375, 12);
  });

  it('leaves the weights alone where the interval holds the target', () => {
    const { weights, within, intervals } = adjust({ woman: 0.4, man: -0.4 }, { woman: 12, man: 20 }, even);
    expect(within).toBe(true);
    expect(weights).toEqual({ woman: 0.4, man: -0.4 });
    expect(intervals.woman).toEqual(wilson(12, 32));
  });

  it('keeps the sum of the weights, and moves none beyond its limit', () => {
    const counts = fc.record({ light: fc.nat(40), tan: fc.nat(40), brown: fc.nat(40), dark: fc.nat(40) });
    const target = { light: 0.4, tan: 0.3, brown: 0.2, dark: 0.1 };
    fc.assert(
      fc.property(counts, fc.double({ min: -WEIGHT_LIMIT, max: WEIGHT_LIMIT, noNaN: true }), (seen, tan) => {
        fc.pre(Object.values(seen).some((count) => count > 0));
        const sum = (weights: Weights) => Object.values(weights).reduce((a, b) => a + b, 0);
        const { weights } = adjust({ woman: 1, tan }, seen, target);
        if (Math.abs(tan) < WEIGHT_LIMIT - 0.3) expect(sum(weights)).toBeCloseTo(1 + tan, 9);
        expect(weights.woman).toBe(1);
        expect(Math.max(...Object.values(weights).map(Math.abs))).toBeLessThanOrEqual(WEIGHT_LIMIT);
      }),
    );
  });

  it('counts a value that nobody shows, and refuses a round that shows nobody', () => {
    expect(adjust({}, { man: 32 }, even).weights.woman).toBeCloseTo(0.15, 12);
    expect(() => adjust({}, { nobody: 3 }, even)).toThrow('read nobody clearly as woman or man');
  });
});

/** A model whose share of women answers to the weights by a logistic curve, as 32 pictures a round would show it. */
function model(bias: number, seed: number): (weights: Weights) => Promise<Counts> {
  const random = createPrng(seed);
  return async ({ woman = 0, man = 0 }) => {
    const share = 1 / (1 + Math.exp(-(bias + 3 * (woman - man))));
    const women = Array.from({ length: 32 }, () => random.uniform() < share).filter(Boolean).length;
    return { woman: women, man: 32 - women };
  };
}

async function run(draw: (weights: Weights, round: number) => Promise<Counts>, options = AUDIT_DEFAULTS) {
  const rounds: AuditRound[] = [];
  const loop = audit(draw, even, options);
  let next = await loop.next();
  for (; !next.done; next = await loop.next()) rounds.push(next.value);
  return { rounds, result: next.value };
}

describe('the audit loop', () => {
  it('finds weights that even out a biased model, and stops at two rounds in a row', async () => {
    let settled = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { rounds, result } = await run(model(-3, seed));
      expect(rounds[0]).toMatchObject({ round: 1, weights: { woman: 0, man: 0 }, within: false });
      if (!result.settled) continue;
      settled += 1;
      expect(rounds.slice(-2).map(({ within }) => within)).toEqual([true, true]);
      expect(rounds.at(-1)!.weights).toEqual(result.weights);
      // The curve is even at woman - man = 1; intervals of 32 pictures forgive a share of 0.5 +- 0.16, twice.
      expect(Math.abs(result.weights.woman! - result.weights.man! - 1)).toBeLessThan(0.5);
    }
    expect(settled).toBeGreaterThanOrEqual(18);
  });

  it('takes two rounds for a model that is fair, and says so when its rounds run out', async () => {
    const fair = await run(async () => ({ woman: 16, man: 16 }));
    expect(fair.rounds).toHaveLength(2);
    expect(fair.result).toEqual({ weights: { woman: 0, man: 0 }, settled: true });
    const stubborn = await run(async () => ({ woman: 0, man: 32 }), { ...AUDIT_DEFAULTS, rounds: 4 });
    expect(stubborn.rounds).toHaveLength(4);
    expect(stubborn.result).toEqual({ weights: { woman: 0.6, man: -0.6 }, settled: false });
  });

  it('draws each round with the weights of the one before, and passes on what the drawing throws', async () => {
    const asked: Weights[] = [];
    const draw = async (weights: Weights, round: number) => {
      asked.push(weights);
      if (round === 3) throw new Error('cancelled');
      return { man: 32 };
    };
    await expect(run(draw)).rejects.toThrow('cancelled');
    expect(asked.map(({ woman }) => woman)).toEqual([0, 0.15, 0.3]);
  });
});
