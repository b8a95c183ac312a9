import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareFit, multinomialTest } from './fit-test';
import { equalShares, equivalence, fitTest, holm, mcNemar, pairedTable, stuartMaxwell } from './index';

const p = fc.double({ min: 0, max: 1, noNaN: true });

describe('fitTest', () => {
  it('picks the exact test while it can, chi-square where counts are large, Monte Carlo between', () => {
    expect(fitTest([40, 60], [0.5, 0.5]).method).toBe('binomial');
    expect(fitTest([4, 6, 2], equalShares(3)).method).toBe('multinomial');
    expect(fitTest(new Array<number>(8).fill(20), equalShares(8)).method).toBe('chi-square');
    expect(fitTest([9, 1, 1, 1, 1, 1, 1, 15], equalShares(8)).method).toBe('monte-carlo');
  });

  it('two of one value among three equal ones: 3 of 9 outcomes are no likelier', () => {
    expect(fitTest([2, 0, 0], equalShares(3)).p).toBeCloseTo(1 / 3, 12);
    expect(fitTest([1, 1, 0], equalShares(3)).p).toBeCloseTo(1, 12);
  });

  it('its ways agree: exact and chi-square within 0.02 at moderate counts, Monte Carlo repeats for a seed', () => {
    const counts = [40, 28, 32];
    expect(
      Math.abs(multinomialTest(counts, equalShares(3)) - chiSquareFit(counts, equalShares(3)).p),
    ).toBeLessThan(0.02);
    const sparse = [9, 1, 1, 1, 1, 1, 1, 15];
    const found = fitTest(sparse, equalShares(8), 5);
    expect(found).toEqual(fitTest(sparse, equalShares(8), 5));
    expect(found.p).toBeLessThan(0.001);
    expect(fitTest([4, 3, 4, 4, 3, 4, 4, 4], equalShares(8)).p).toBeGreaterThan(0.9);
  });

  it('a value without a share: impossible if found, left aside if not', () => {
    expect(fitTest([5, 5, 1], [0.5, 0.5, 0]).p).toBe(0);
    expect(fitTest([5, 5, 0], [0.5, 0.5, 0])).toEqual(fitTest([5, 5], [0.5, 0.5]));
    expect(fitTest([5, 0], [1, 0]).p).toBe(1);
    expect(fitTest([5, 1], [1, 0]).p).toBe(0);
  });

  it('finds nothing in nobody', () => {
    expect(fitTest([0, 0], [0.5, 0.5]).p).toBe(1);
    expect(() => fitTest([1], [0.5, 0.5])).toThrow(RangeError);
  });
});

describe('paired tests', () => {
  it('the table counts pairs, and the unclear ones apart', () => {
    const { table, unclear } = pairedTable([0, 0, 1, undefined, 1], [0, 1, 1, 0, undefined], 2);
    expect(table).toEqual([
      [1, 1],
      [0, 1],
    ]);
    expect(unclear).toBe(2);
    expect(() => pairedTable([0], [], 2)).toThrow(RangeError);
  });

  it('McNemar: nothing changed is no evidence; mid-p is never above exact; direction does not matter', () => {
    expect(mcNemar(0, 0)).toEqual({ exact: 1, midP: 1 });
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (b, c) => {
        const { exact, midP } = mcNemar(b, c);
        expect(midP).toBeLessThanOrEqual(exact);
        expect(exact).toBeLessThanOrEqual(1);
        expect(mcNemar(c, b)).toEqual({ exact, midP });
      }),
    );
  });

  it('Stuart-Maxwell of two values is McNemar without correction: (b - c)^2 / (b + c)', () => {
    expect(
      stuartMaxwell([
        [3, 12],
        [4, 9],
      ]).statistic,
    ).toBeCloseTo(64 / 16, 12);
  });

  it('Stuart-Maxwell leaves out values that nobody left or reached', () => {
    const small = stuartMaxwell([
      [3, 12],
      [4, 9],
    ]);
    expect(
      stuartMaxwell([
        [3, 12, 0],
        [4, 9, 0],
        [0, 0, 7],
      ]),
    ).toEqual(small);
    expect(
      stuartMaxwell([
        [5, 0],
        [0, 5],
      ]),
    ).toEqual({ statistic: 0, df: 0, p: 1 });
    // Two groups of values that never mix: their statistics add, with one degree of freedom each.
    const two = stuartMaxwell([
      [3, 12, 0, 0],
      [4, 9, 0, 0],
      [0, 0, 1, 8],
      [0, 0, 2, 1],
    ]);
    expect(two.statistic).toBeCloseTo(64 / 16 + 36 / 10, 12);
    expect(two.df).toBe(2);
    expect(() => stuartMaxwell([[1, 2]])).toThrow(RangeError);
  });
});

describe('holm', () => {
  it('never lowers a p, keeps their order, and leaves a single one alone', () => {
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 12 }), (ps) => {
        const adjusted = holm(ps);
        ps.forEach((value, i) => {
          expect(adjusted[i]).toBeGreaterThanOrEqual(value);
          ps.forEach((other, j) => {
            if (value < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j]!);
          });
        });
      }),
    );
    expect(holm([0.03])).toEqual([0.03]);
    expect(holm([])).toEqual([]);
    expect(() => holm([1.2])).toThrow(RangeError);
  });
});

describe('equivalence', () => {
  it('half and half of 214 is fair within 0.1 (methods 7.5), of 20 it is not yet known', () => {
    expect(equivalence(107, 214).equivalent).toBe(true);
    expect(equivalence(10, 20).equivalent).toBe(false);
    expect(equivalence(107, 214, 0.5, 0.05).equivalent).toBe(false);
    expect(equivalence(130, 214).equivalent).toBe(false);
    expect(equivalence(84, 214).equivalent).toBe(false);
    expect(() => equivalence(1, 2, 0.5, 0)).toThrow(RangeError);
  });

  it.each([
    [214, 0.1],
    [857, 0.05],
  ])('%i persons of a fair model pass the margin %f in about 80 %% of samples (methods 7.5)', (n, margin) => {
    let power = 0;
    let probability = 2 ** (-n / 2); // in two factors, for 2^-857 leaves the smallest doubles
    for (let x = 0; x <= n; x++) {
      if (equivalence(x, n, 0.5, margin).equivalent) power += probability * 2 ** (-n / 2);
      probability *= (n - x) / (x + 1);
    }
    expect(power).toBeGreaterThan(0.77);
    expect(power).toBeLessThan(0.83);
  });
});
