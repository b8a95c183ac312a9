import { expect, it } from 'vitest';
import { dragged, transformOf, WHOLE, zoomed } from './zoom';

it('keeps what lies under the pointer in its place', () => {
  const at = { x: 0.25, y: -0.1 };
  const before = zoomed(WHOLE, 2, { x: 0.1, y: 0.1 });
  const after = zoomed(before, 1.5, at);
  const under = ({ scale, x, y }: typeof before) => [at.x / scale - x, at.y / scale - y];
  expect(under(after)[0]).toBeCloseTo(under(before)[0]!, 10);
  expect(under(after)[1]).toBeCloseTo(under(before)[1]!, 10);
});

it('never shows what lies beyond the edges, nor less than the whole', () => {
  expect(zoomed(WHOLE, 0.5)).toEqual(WHOLE);
  expect(dragged(WHOLE, { x: 0.4, y: 0 })).toEqual(WHOLE);
  const close = dragged(zoomed(WHOLE, 4), { x: 9, y: -9 });
  expect(close).toEqual({ scale: 4, x: 0.375, y: -0.375 });
  expect(zoomed(close, 99).scale).toBe(8);
  expect(transformOf(WHOLE)).toBe('none');
});
