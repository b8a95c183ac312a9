import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyRowMatrix,
  editMatrix,
  fromRows,
  identity,
  inverse,
  leak,
  type Matrix,
  matrix,
  mistNull,
  mistNullAll,
  mistTarget,
  multiply,
  timesTransposed,
  transpose,
} from './index';
import { expectNear, randomMatrix } from './test-helpers';

type Table = readonly (readonly number[])[];
interface Golden {
  readonly edit: {
    readonly source: Table;
    readonly target: Table;
    readonly preserve: Table;
    readonly lambda: number;
    readonly m: Table;
  };
  readonly mist: {
    readonly source: readonly number[];
    readonly guidance: Table;
    readonly preserve: Table;
    readonly rho: number;
    readonly null: Table;
    readonly target: Table;
    readonly targetPreserved: Table;
  };
}
const golden: Golden = JSON.parse(readFileSync(new URL('./golden/linalg.json', import.meta.url), 'utf8'));

const D = 16;
const seed = fc.integer();
function randomRows(count: number, from: number): Float64Array[] {
  const { data } = randomMatrix(count, D, from);
  return Array.from({ length: count }, (_, i) => data.slice(i * D, (i + 1) * D));
}
function unitRows(count: number, from: number): Float64Array[] {
  return randomRows(count, from).map((row) => row.map((v) => v / Math.hypot(...row)));
}
const plus = (a: Matrix, b: Matrix, factor = 1): Matrix =>
  matrix(
    a.rows,
    a.cols,
    a.data.map((v, at) => v + factor * b.data[at]!),
  );
const outer = (a: readonly Float64Array[], b: readonly Float64Array[]): Matrix =>
  multiply(transpose(fromRows(a)), fromRows(b));

describe('editMatrix', () => {
  it('agrees with numpy and the full D x D inverse', () => {
    const { source, target, preserve, lambda, m } = golden.edit;
    const pairs = source.map((from, k) => ({ from, to: target[k]! }));
    expectNear(editMatrix(pairs, preserve, lambda).data, m.flat(), 1e-12);
  });

  it('mapping the text equals editing every weight, to 1e-9 (methods 10.5, item 2)', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 0, max: 24 }),
        seed,
        (pairs, kept, from) => {
          const lambda = 0.5;
          const [source, target, preserve] = [
            randomRows(pairs, from),
            randomRows(pairs, from + 1),
            randomRows(kept, from + 2),
          ];
          const w = randomMatrix(5, D, from + 3);
          // The published update of one weight: [lambda W + sum W c* c^T + sum W p p^T] [lambda I + sum c c^T + sum p p^T]^-1
          const regular = matrix(
            D,
            D,
            identity(D).data.map((v) => lambda * v),
          );
          const p = kept === 0 ? matrix(D, D) : outer(preserve, preserve);
          const left = multiply(w, plus(plus(regular, outer(target, source)), p));
          const edited = multiply(left, inverse(plus(plus(regular, outer(source, source)), p)));

          const m = editMatrix(
            source.map((row, k) => ({ from: row, to: target[k]! })),
            preserve,
            lambda,
          );
          const text = randomMatrix(3, D, from + 4);
          const viaText = timesTransposed(matrix(3, D, applyRowMatrix(text.data, m)), w);
          expectNear(viaText.data, timesTransposed(text, edited).data, 1e-9);
        },
      ),
    );
  });

  it('without pairs is the identity; preserved rows stay put as lambda -> 0', () => {
    const [from, to, kept] = randomRows(3, 1);
    expect(editMatrix([], [kept!], 0.5)).toEqual(identity(D));
    expect(leak(editMatrix([{ from: from!, to: to! }], [kept!], 1e-9), [kept!])[0]).toBeLessThan(1e-8);
  });

  it('refuses a regulariser that is not positive, and rows of two lengths', () => {
    const row = new Float64Array(D);
    expect(() => editMatrix([{ from: row, to: row }], [], 0)).toThrow('must be a positive number');
    expect(() => editMatrix([{ from: row, to: [1] }], [], 1)).toThrow(RangeError);
    expect(() => editMatrix([], [], 1)).toThrow(RangeError);
  });
});

describe('mistNull', () => {
  const { source, guidance, rho } = golden.mist;

  it('agrees with numpy on P = I - D (lambda I + D^T D)^-1 D^T', () => {
    expectNear(mistNull(source, guidance, rho).data, golden.mist.null.flat(), 1e-12);
  });

  it('one guidance, equal norms, rho -> 0: both meet in their midpoint (methods 10.5, item 3)', () => {
    fc.assert(
      fc.property(seed, (from) => {
        const [s, g] = unitRows(2, from);
        const p = mistNull(s!, [g!], 1e-10);
        const midpoint = s!.map((v, k) => (v + g![k]!) / 2);
        expectNear(applyRowMatrix(s!, p), midpoint, 1e-8);
        expectNear(applyRowMatrix(g!, p), midpoint, 1e-8);
      }),
    );
  });

  it('two guidances, equal norms, rho -> 0: all three meet in the circumcentre (methods 10.5, item 3)', () => {
    fc.assert(
      fc.property(seed, (from) => {
        const rows = unitRows(3, from);
        const p = mistNull(rows[0]!, rows.slice(1), 1e-11);
        const [a, b, c] = rows.map((row) => applyRowMatrix(row, p));
        expectNear(a!, b!, 1e-6);
        expectNear(a!, c!, 1e-6);
        const distances = rows.map((row) => Math.hypot(...row.map((v, k) => v - a![k]!)));
        expect(Math.max(...distances) - Math.min(...distances)).toBeLessThan(1e-6);
        // In the plane of the three: nothing of the point is left along a direction inside it that it could drop.
        const inPlane = rows.map((row) => row.map((v, k) => v - a![k]!));
        expect(Math.abs(inPlane[0]!.reduce((sum, v, k) => sum + v * a![k]!, 0))).toBeLessThan(1e-6);
      }),
    );
  });

  it('is what gradient descent on the objective converges to (methods 10.5, item 3)', () => {
    const [s, g, h] = unitRows(3, 5);
    const differences = fromRows([g!, h!].map((row) => s!.map((v, k) => v - row[k]!)));
    const softness = 0.3;
    const lambda = (softness * differences.data.reduce((sum, v) => sum + v * v, 0)) / 2;
    const old = randomMatrix(4, D, 6);
    const dd = multiply(transpose(differences), differences);
    let w: Matrix = old;
    // d/dW of sum ||W d||^2 + lambda ||W - W_old||^2, halved.
    for (let i = 0; i < 800; i++) w = plus(w, plus(multiply(w, dd), plus(w, old, -1), lambda), -0.15);
    expectNear(w.data, multiply(old, mistNull(s!, [g!, h!], softness)).data, 1e-12);
  });

  it('is the identity when every guidance equals the source, and nearly so when rho is large', () => {
    expect(mistNull(source, [source, source], 0.01)).toEqual(identity(source.length));
    expectNear(mistNull(source, guidance, 1e9).data, identity(source.length).data, 1e-8);
  });

  it('hardly moves preserved rows, which it moves without the preserve set', () => {
    const [s, g, kept] = unitRows(3, 9);
    const leaning = kept!.map((v, k) => v + s![k]! - g![k]!);
    expect(leak(mistNull(s!, [g!], 1e-6), [leaning])[0]).toBeGreaterThan(0.3);
    expect(leak(mistNull(s!, [g!], 1e-6, [leaning]), [leaning])[0]).toBeLessThan(1e-4);
  });

  it('for several concepts does not depend on their order, and of one concept is itself', () => {
    const [a, b, c, d, e] = unitRows(5, 3);
    const [first, second] = [
      { source: a!, guidance: [b!] },
      { source: c!, guidance: [d!, e!] },
    ];
    const [one, other] = [mistNullAll([first, second], 0.1), mistNullAll([second, first], 0.1)];
    expectNear(one.data, other.data, 1e-12);
    expectNear(mistNullAll([second], 0.1).data, mistNull(c!, [d!, e!], 0.1).data, 1e-12);
  });

  it('refuses a softness that is not positive, no guidance, and rows of two lengths', () => {
    expect(() => mistNull(source, guidance, 0)).toThrow('rho of MIST');
    expect(() => mistNull(source, guidance, Number.NaN)).toThrow(RangeError);
    expect(() => mistNull(source, [], 0.1)).toThrow('at least one guidance');
    expect(() => mistNull(source, [[1, 2]], 0.1)).toThrow('differ in length');
  });
});

describe('mistTarget', () => {
  const { source, guidance, preserve, rho, target, targetPreserved } = golden.mist;

  it('agrees with numpy, alone and with a preserve set', () => {
    expectNear(mistTarget(source, guidance[0]!, rho).data, target.flat(), 1e-12);
    expectNear(mistTarget(source, guidance[0]!, rho, preserve).data, targetPreserved.flat(), 1e-12);
  });

  it('is I + (c_g - c_s) c_s^T / (lambda + ||c_s||^2) and sends the source to the guidance as rho -> 0', () => {
    const [s, g] = randomRows(2, 8);
    const squared = s!.reduce((sum, v) => sum + v * v, 0);
    const rank1 = outer([g!.map((v, k) => (v - s![k]!) / (1.1 * squared))], [s!]);
    expectNear(mistTarget(s!, g!, 0.1).data, plus(identity(D), rank1).data, 1e-12);
    expectNear(applyRowMatrix(s!, mistTarget(s!, g!, 1e-12)), g!, 1e-9);
  });

  it('is the identity when the guidance equals the source, or the source is 0', () => {
    expect(mistTarget(source, source, 0.01)).toEqual(identity(source.length));
    expect(mistTarget([0, 0], [1, 1], 0.01)).toEqual(identity(2));
  });

  it('leaks into a row along the source, but hardly if that row is preserved', () => {
    const [s, g, other] = unitRows(3, 2);
    const leaning = other!.map((v, k) => v + s![k]!);
    expect(leak(mistTarget(s!, g!, 1e-6), [leaning])[0]).toBeGreaterThan(0.3);
    expect(leak(mistTarget(s!, g!, 1e-6, [leaning]), [leaning])[0]).toBeLessThan(1e-4);
  });
});
