import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embed } from './network';
import { apart, golden, goldenNetwork, goldenPooled } from './testing/golden';

describe('the projector', () => {
  it('embeds as in torch', () => {
    const { outputs } = goldenNetwork();
    for (let i = 0; i < golden.fair + golden.stereotypical; i++) {
      const { unit } = embed(goldenNetwork(), goldenPooled(i));
      expect(apart(unit, golden.embedded.slice(i * outputs, (i + 1) * outputs))).toBeLessThan(1e-6);
    }
  });

  it('has the gradient of central differences, in any direction', () => {
    const network = goldenNetwork();
    const direction = fc.array(fc.integer({ min: -9, max: 9 }), {
      minLength: network.outputs,
      maxLength: network.outputs,
    });
    const place = fc.integer({ min: 0, max: network.inputs - 1 });
    fc.assert(
      fc.property(direction, place, (along, at) => {
        const value = (shift: number) => {
          const input = Float64Array.from(goldenPooled(2));
          input[at]! += shift;
          return embed(network, input).unit.reduce((sum, u, o) => sum + u * along[o]!, 0);
        };
        const slope = (value(1e-4) - value(-1e-4)) / 2e-4;
        expect(embed(network, goldenPooled(2)).gradient(along)[at]).toBeCloseTo(slope, 5);
      }),
    );
  });

  it('refuses numbers of another model', () => {
    expect(() => embed(goldenNetwork(), new Float32Array(3))).toThrow(RangeError);
  });
});
