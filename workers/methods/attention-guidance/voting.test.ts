import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignment, keep, strength } from './alignment';
import { median } from './cleaning';
import golden from './golden/attention_guidance.json';
import { blurred, grid, normalised, otsu, resized } from './grid';
import { distances } from './individuals';
import { layerWeights, vote } from './voting';

const { width, height } = golden;
const votedOn = (word: keyof typeof golden.words) =>
  vote(
    golden.layers.map((layer, l) => ({
      map: grid(layer.width, layer.height, golden.words[word][l]!),
      weight: layer.weight,
    })),
    width,
    height,
  );
const worst = (actual: ArrayLike<number>, expected: readonly number[]) =>
  Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)));
const numbers = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 40 });

describe('block voting', () => {
  it('resizes and thresholds as torch does', () => {
    const [fine, coarse] = golden.layers;
    const small = grid(coarse!.width, coarse!.height, golden.words.noun[1]!);
    expect(worst(resized(small, width, height).data, golden.resized)).toBeLessThan(1e-6);
    const whole = grid(fine!.width, fine!.height, golden.words.noun[0]!);
    expect(otsu(normalised(whole).data)).toBeCloseTo(golden.otsu, 5);
  });

  it('gives the votes, attention and alignment of the golden run', () => {
    const [noun, modifier, rival] = [votedOn('noun'), votedOn('modifier'), votedOn('rival')];
    expect(worst(noun.votes.data, golden.votes)).toBeLessThan(1e-6);
    expect(worst(noun.attention.data, golden.attention)).toBeLessThan(1e-5);
    const score = alignment(noun, [modifier]);
    expect(worst(score.data, golden.score)).toBeLessThan(1e-5);
    const kept = keep([score], [strength(rival)], golden.threshold);
    expect([...kept]).toEqual(golden.kept);
    const cleaned = median({ width, height, data: kept });
    expect([...cleaned.data]).toEqual(golden.median);
    expect(worst(blurred(grid(width, height, golden.median)).data, golden.soft)).toBeLessThan(1e-6);
    expect(worst(distances(cleaned), golden.distances)).toBeLessThan(1e-5);
  });

  it("lets the two coarsest resolutions vote, Stable Diffusion's 16 and 32", () => {
    const layer = (side: number, place: 'down' | 'mid' | 'up', index: number) => ({
      ...{ layer: index, place, width: side, height: side },
    });
    const sd = [64, 32, 16].map((side, i) => layer(side, 'down', i));
    const weights = layerWeights([...sd, layer(8, 'mid', 3), layer(16, 'up', 4), layer(64, 'up', 5)]);
    expect([...weights]).toEqual([
      [1, 0.5],
      [2, 1],
      [4, 1],
    ]);
    expect([...layerWeights([layer(8, 'mid', 0)]).values()]).toEqual([1]);
  });

  it('parts any two heaps between them, and does not mind a flat map', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [low, high] = [a.map((value) => value / 100), b.map((value) => value / 100 + 10)];
        const threshold = otsu([...low, ...high]);
        expect(threshold).toBeGreaterThan(Math.max(...low));
        expect(threshold).toBeLessThan(Math.min(...high));
      }),
    );
    const flat = vote([{ map: grid(2, 2, [0, 0, 0, 0]), weight: 1 }], 4, 4);
    expect(flat.votes.data.every((value) => value === 0)).toBe(true);
  });

  it('a competitor that is stronger everywhere leaves nobody', () => {
    const noun = votedOn('noun');
    const all = grid(width, height, new Array(width * height).fill(2));
    expect(keep([alignment(noun, [])], [all], 0.2).some((kept) => kept === 1)).toBe(false);
  });
});
