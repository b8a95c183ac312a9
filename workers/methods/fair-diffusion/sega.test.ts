import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Tensor, tensor } from '../../../src/core/tensor';
import { classifierFreeGuidance } from '../../pipeline/guidance';
import golden from './golden/sega.json';
import { createSemanticGuidance, keepLargest } from './sega';

const at = (values: readonly number[]): Tensor => tensor(Float32Array.from(values), golden.dims);
const settings = { scale: 4, threshold: 0.9, momentumScale: 0.3, momentumBeta: 0.6 };
const field = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: 50, maxLength: 50 });

describe('semantic guidance', () => {
  it.each(golden.cases)("guides as diffusers' pipeline does: $name", (one) => {
    const guide = createSemanticGuidance(one);
    one.predictions.forEach((branches, step) => {
      const [uncond, cond, ...edits] = branches.map(at);
      const concepts = edits.map((prediction, c) => ({
        prediction,
        direction: one.reverse[c] ? (-1 as const) : (1 as const),
        weight: one.weights?.[c] ?? 1,
      }));
      const gamma = guide(step < (one.cooldown ?? Number.POSITIVE_INFINITY) ? concepts : [], uncond!);
      const plain = classifierFreeGuidance(uncond!, cond!, golden.guidanceScale).data;
      const guided = plain.map((value, i) => (step < one.warmup ? value : value + gamma[i]!));
      const worst = Math.max(...guided.map((value, i) => Math.abs(value - one.guided[step]![i]!)));
      expect(worst).toBeLessThan(1e-5);
    });
    expect(one.predictions).toHaveLength(6);
  });

  it('keeps all of a constant, and 205 of 4096 different values at 0.95, channel by channel (methods 10.5, item 4)', () => {
    const constant = new Float32Array(4096).fill(-0.3);
    keepLargest(constant, 1, 0.95);
    expect(constant.every((value) => value === Math.fround(-0.3))).toBe(true);
    // The second channel is a thousand times as loud, which takes nothing from the first.
    const loud = Float32Array.from({ length: 2 * 4096 }, (_, i) => Math.sin(i * i) * (i < 4096 ? 1 : 1000));
    keepLargest(loud, 2, 0.95);
    expect(loud.subarray(0, 4096).filter((value) => value !== 0)).toHaveLength(205);
    expect(loud.subarray(4096).filter((value) => value !== 0)).toHaveLength(205);
  });

  it('flips its sign with the direction, and forgets without momentum', () => {
    fc.assert(
      fc.property(field, field, field, (a, b, c) => {
        const reference = at(a);
        const concept = (values: number[], direction: 1 | -1) => [
          { prediction: at(values), direction, weight: 1 },
        ];
        const [there, back] = [createSemanticGuidance(settings), createSemanticGuidance(settings)];
        for (const values of [b, c]) {
          const gamma = there(concept(values, 1), reference);
          const opposite = back(concept(values, -1), reference).map((value) => 0 - value);
          expect(opposite.every((value, i) => value === gamma[i])).toBe(true);
        }
        const forgetful = createSemanticGuidance({ ...settings, momentumScale: 0 });
        forgetful(concept(b, 1), reference);
        const fresh = createSemanticGuidance({ ...settings, momentumScale: 0 });
        expect(forgetful(concept(c, 1), reference)).toEqual(fresh(concept(c, 1), reference));
      }),
    );
  });

  it('lets the momentum fade once the concepts have cooled down', () => {
    const guide = createSemanticGuidance({ ...settings, threshold: 0 });
    const reference = at(new Array(50).fill(0));
    guide([{ prediction: at(new Array(50).fill(1)), direction: 1, weight: 1 }], reference);
    // gamma = 4, nu = 0.4 * 4 = 1.6; then 0.3 nu, and nu <- 0.6 nu + 0.4 * 0.3 nu = 0.72 nu.
    expect(guide([], reference)[0]).toBeCloseTo(0.3 * 1.6, 6);
    expect(guide([], reference)[0]).toBeCloseTo(0.3 * 1.6 * 0.72, 6);
  });
});
