import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Tensor, tensor } from '../../../src/core/tensor';
import { classifierFreeGuidance } from '../../pipeline/guidance';
import golden from './golden/attention_guidance.json';
import { grid } from './grid';
import { guideWithin, keepOutside } from './guidance';

const { width, height } = golden;
const at = (values: readonly number[]): Tensor => tensor(Float32Array.from(values), [3, height, width]);
const [uncond, cond, woman] = [at(golden.uncond), at(golden.cond), at(golden.attributes[0]!)];
const guided = classifierFreeGuidance(uncond, cond, 2.2);
const everywhere = (value: number) => grid(width, height, new Array(width * height).fill(value));
const within = (mask: number, scale = 2.2) =>
  guideWithin(guided, cond, [{ prediction: woman, mask: everywhere(mask) }], scale).data;
const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

describe('Fair Inference (methods 10.5, item 5)', () => {
  it('is, with a mask of 1 and the scale of the guidance, guidance on the attribute prompt', () => {
    expect(worst(within(1), classifierFreeGuidance(uncond, woman, 2.2).data)).toBeLessThan(1e-5);
  });

  it('is the base, bit for bit, with a mask of 0 or a strength of 0', () => {
    expect(within(0)).toEqual(guided.data);
    expect(within(1, 0)).toEqual(guided.data);
  });

  it('is linear in the mask', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (m) => {
        const mixed = guided.data.map((value, i) => (1 - m) * value + m * within(1)[i]!);
        expect(worst(within(m), mixed)).toBeLessThan(1e-5);
      }),
      { numRuns: 20 },
    );
  });

  it('adds up over values, as in the golden run', () => {
    const soft = grid(width, height, golden.soft);
    const rest = grid(
      width,
      height,
      golden.soft.map((value) => 1 - value),
    );
    const guides = [
      { prediction: woman, mask: soft },
      { prediction: at(golden.attributes[1]!), mask: rest },
    ];
    expect(worst(guideWithin(guided, cond, guides, 3.3).data, golden.fair)).toBeLessThan(1e-5);
  });

  it('keeps the base outside of the union, and its own inside', () => {
    const inside = golden.median;
    const kept = keepOutside(woman, cond, inside).data;
    kept.forEach((value, i) => {
      expect(value).toBe((inside[i % inside.length] ? woman : cond).data[i]);
    });
  });
});
