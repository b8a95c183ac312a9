import { expect, it } from 'vitest';
import { toRuns } from '../../core/runs';
import { shapeOf } from './regionShape';

const region = (mask: number[], columns: number) => ({
  name: 'doctor 1',
  ...{ columns, rows: mask.length / columns },
  runs: toRuns(mask),
  assigned: {},
});

it('draws a line around places only where it ends, and finds its top', () => {
  // Two places, one below the other, on a grid of 3 x 3.
  const shape = shapeOf(region([0, 0, 0, 0, 1, 0, 0, 1, 0], 3))!;
  expect(shape.area).toBe('M1 1h1v1h-1zM1 2h1v1h-1z');
  expect(shape.outline.match(/M/g)).toHaveLength(6);
  expect(shape.outline).toContain('M1 1h1');
  expect(shape.outline).not.toContain('M1 2h1');
  expect(shape.top).toEqual({ x: 1.5, y: 1 });
});

it('is nothing for a region without a place', () => {
  expect(shapeOf(region([0, 0, 0, 0], 2))).toBeNull();
});
