import { describe, expect, it } from 'vitest';
import { placeLabels } from './placeLabels';

describe('labels of points', () => {
  it('stand to the right of their point, and to the left where the right has no room', () => {
    const labels = placeLabels(
      [
        { x: 20, y: 50, text: 'Base' },
        { x: 280, y: 90, text: 'Attribute prompts' },
      ],
      { left: 0, right: 300 },
    );
    expect(labels[0]).toEqual({ x: 32, y: 50, anchor: 'start' });
    expect(labels[1]).toEqual({ x: 268, y: 90, anchor: 'end' });
  });

  it('stay inside where neither side has room', () => {
    const [label] = placeLabels([{ x: 70, y: 50, text: 'Attribute prompts' }], { left: 10, right: 170 });
    expect(label).toEqual({ x: 170 - 17 * 7.6, y: 42, anchor: 'start' });
  });

  it('never lie over each other, and move up only', () => {
    const points = [100, 104, 101, 130, 99].map((y, i) => ({ x: 50 + i, y, text: `Lane ${i}` }));
    const labels = placeLabels(points, { left: 0, right: 400 });
    const heights = labels.map(({ y }) => y).sort((a, b) => a - b);
    for (let i = 1; i < heights.length; i++) expect(heights[i]! - heights[i - 1]!).toBeGreaterThanOrEqual(17);
    labels.forEach(({ y }, i) => {
      expect(y).toBeLessThanOrEqual(points[i]!.y);
    });
  });

  it('stay at their points where they are apart sideways', () => {
    const points = [
      { x: 20, y: 60, text: 'A' },
      { x: 200, y: 60, text: 'B' },
    ];
    expect(placeLabels(points, { left: 0, right: 400 }).map(({ y }) => y)).toEqual([60, 60]);
  });
});
