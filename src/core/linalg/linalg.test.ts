import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyRowMatrix,
  blend,
  fromRows,
  identity,
  inverse,
  leak,
  type Matrix,
  matrix,
  multiply,
  principalVectors,
  solve,
  solveSpd,
  symmetricEigen,
  timesTransposed,
  transpose,
} from './index';
import { expectNear, randomMatrix } from './test-helpers';

type Table = readonly (readonly number[])[];
interface Golden {
  readonly eigen: { readonly a: Table; readonly values: readonly number[]; readonly vectors: Table };
  readonly singularValues: { readonly rows: Table; readonly values: readonly number[] };
  readonly solve: { readonly a: Table; readonly b: Table; readonly x: Table };
}
const golden: Golden = JSON.parse(readFileSync(new URL('./golden/linalg.json', import.meta.url), 'utf8'));

const seed = fc.integer();
const size = fc.integer({ min: 1, max: 12 });
/** G G^T + I: symmetric, positive definite. */
function randomSpd(n: number, from: number): Matrix {
  const g = randomMatrix(n, n, from);
  const a = timesTransposed(g, g);
  for (let i = 0; i < n; i++) a.data[i * n + i]! += 1;
  return a;
}

describe('matrix products', () => {
  it('multiply by hand', () => {
    const a = fromRows([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect([
      ...multiply(
        a,
        fromRows([
          [1, 0, 2],
          [-1, 1, 0],
        ]),
      ).data,
    ]).toEqual([-1, 2, 2, -1, 4, 6, -1, 6, 10]);
    expect([...transpose(a).data]).toEqual([1, 3, 5, 2, 4, 6]);
    expect(timesTransposed(a, a)).toEqual(multiply(a, transpose(a)));
  });

  it('refuse shapes that do not fit', () => {
    expect(() => matrix(2, 2, new Float64Array(3))).toThrow('needs 4 numbers, got 3');
    expect(() => fromRows([])).toThrow(RangeError);
    expect(() => fromRows([[1], [1, 2]])).toThrow(RangeError);
    expect(() => multiply(identity(2), identity(3))).toThrow(RangeError);
    expect(() => timesTransposed(identity(2), identity(3))).toThrow(RangeError);
  });
});

describe('solving', () => {
  it('solveSpd and solve return what was multiplied', () => {
    fc.assert(
      fc.property(size, size, seed, (n, m, from) => {
        const a = randomSpd(n, from);
        const x = randomMatrix(n, m, from + 1);
        expectNear(solveSpd(a, multiply(a, x)).data, x.data, 1e-9);
        expectNear(solve(a, multiply(a, x)).data, x.data, 1e-9);
      }),
    );
  });

  it('solve and inverse agree with numpy on a matrix that is not symmetric', () => {
    const { a, b, x } = golden.solve;
    expectNear(solve(fromRows(a), fromRows(b)).data, x.flat(), 1e-10);
    expectNear(multiply(inverse(fromRows(a)), fromRows(a)).data, identity(5).data, 1e-12);
  });

  it('solve pivots around a zero on the diagonal', () => {
    expect([
      ...inverse(
        fromRows([
          [0, 2],
          [1, 0],
        ]),
      ).data,
    ]).toEqual([0, 1, 0.5, 0]);
  });

  it('refuses what has no solution', () => {
    expect(() =>
      solveSpd(
        fromRows([
          [1, 2],
          [2, 1],
        ]),
        identity(2),
      ),
    ).toThrow('not positive definite');
    expect(() =>
      solve(
        fromRows([
          [1, 2],
          [2, 4],
        ]),
        identity(2),
      ),
    ).toThrow('singular');
    expect(() =>
      solve(
        fromRows([
          [0, 0],
          [0, 0],
        ]),
        identity(2),
      ),
    ).toThrow('singular');
    expect(() => solveSpd(identity(2), identity(3))).toThrow(RangeError);
    expect(() => solve(identity(2), identity(3))).toThrow(RangeError);
  });

  it('768 unknowns with 64 right-hand sides take well under a second, to 1e-9', () => {
    const g = randomMatrix(768, 8, 1);
    const a = timesTransposed(g, g);
    for (let i = 0; i < 768; i++) a.data[i * 769]! += 1;
    const x = randomMatrix(768, 64, 2);
    const b = multiply(a, x);
    const started = performance.now();
    const found = solveSpd(a, b);
    // Measured: 0.2 s. The bound is loose for busy machines.
    expect(performance.now() - started).toBeLessThan(4000);
    expectNear(found.data, x.data, 1e-9);
  });
});

describe('symmetricEigen', () => {
  it('agrees with numpy, up to the sign of a vector', () => {
    const { a, values, vectors } = golden.eigen;
    const found = symmetricEigen(fromRows(a));
    expectNear(found.values, values, 1e-12);
    vectors.forEach((vector, k) => {
      const mine = found.vectors.data.subarray(k * 5, k * 5 + 5);
      expect(Math.abs(vector.reduce((sum, v, i) => sum + v * mine[i]!, 0))).toBeCloseTo(1, 12);
    });
  });

  it('rebuilds the matrix, with orthonormal vectors and falling values', () => {
    fc.assert(
      fc.property(size, seed, (n, from) => {
        const g = randomMatrix(n, n, from);
        const a = matrix(
          n,
          n,
          g.data.map((v, at) => v + transpose(g).data[at]!),
        );
        const { values, vectors } = symmetricEigen(a);
        const scaled = matrix(
          n,
          n,
          vectors.data.map((v, at) => v * values[Math.floor(at / n)]!),
        );
        expectNear(multiply(transpose(vectors), scaled).data, a.data, 1e-10);
        expectNear(timesTransposed(vectors, vectors).data, identity(n).data, 1e-12);
        expect([...values]).toEqual([...values].sort((x, y) => y - x));
      }),
    );
  });

  it('refuses a matrix that is not square or not finite', () => {
    expect(() => symmetricEigen(matrix(2, 3))).toThrow(RangeError);
    expect(() => symmetricEigen(fromRows([[Number.NaN]]))).toThrow(RangeError);
  });
});

describe('principalVectors', () => {
  it("have numpy's singular values as lengths, and keep sum d d^T", () => {
    const { rows, values } = golden.singularValues;
    const kept = principalVectors(rows, 0);
    expectNear(
      kept.map((v) => Math.hypot(...v)),
      values,
      1e-10,
    );
    const [all, mine] = [transpose(fromRows(rows)), transpose(fromRows(kept))];
    expectNear(timesTransposed(mine, mine).data, timesTransposed(all, all).data, 1e-10);
  });

  it('drop what is weaker than the cut: two nearly opposite vectors are one direction', () => {
    const nearlyOpposite = [
      [1, 0.01, 0],
      [-1, 0.01, 0],
    ];
    expect(principalVectors(nearlyOpposite, 0.05)).toHaveLength(1);
    expect(principalVectors(nearlyOpposite, 0)).toHaveLength(2);
    expect(
      principalVectors(
        [
          [1, 2],
          [1, 2],
        ],
        0,
      ),
    ).toHaveLength(1);
    expect(principalVectors([[0, 0]], 0.05)).toHaveLength(0);
  });
});

describe('applyRowMatrix, blend and leak', () => {
  it('every row c becomes M c', () => {
    const m = fromRows([
      [1, 2],
      [0, -1],
    ]);
    const rows = Float32Array.of(1, 0, 3, 4);
    expect(applyRowMatrix(rows, m)).toEqual(Float32Array.of(1, 0, 11, -4));
    expect(rows).toEqual(Float32Array.of(1, 0, 3, 4));
    expect(() => applyRowMatrix(new Float32Array(3), m)).toThrow(RangeError);
    expect(() => applyRowMatrix(new Float32Array(6), matrix(2, 3))).toThrow(RangeError);
  });

  it('at strength 0 an edit is the identity bit for bit, at 1 it is itself', () => {
    const m = randomMatrix(7, 7, 3);
    const rows = new Float32Array(randomMatrix(5, 7, 4).data);
    expect(applyRowMatrix(rows, blend(m, 0))).toEqual(rows);
    expect(blend(m, 1)).toEqual(m);
    expect(blend(m, 0.25).data[0]).toBeCloseTo(0.75 + 0.25 * m.data[0]!, 15);
    expect(() => blend(matrix(1, 2), 0.5)).toThrow(RangeError);
  });

  it('leak is the relative length of the move', () => {
    expect(
      leak(
        fromRows([
          [1, 0],
          [0, 0.5],
        ]),
        [
          [3, 0],
          [0, 2],
          [3, 4],
          [0, 0],
        ],
      ),
    ).toEqual([0, 0.5, 0.4, 0]);
  });
});
