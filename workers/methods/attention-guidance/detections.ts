import type { Mask } from './cleaning';

/** A head in cells of the grid. */
export type Head = readonly [x: number, y: number, width: number, height: number];

/** How far hair and hat reach beyond a head's box, in widths and heights of the box. */
const HAIR = { side: 0.2, above: 0.3, below: 0.1 };
/** A body is looked for at most this far from the middle of its head, in widths of the head. */
const BODY = 1;

/**
 * One detection is one individual (methods.md 4.4, step D): the cells of its head, which are always its own, and those of the mask below
 * and around it. A cell that several could have is the nearest head's.
 * @param heads from left to right. @returns places of each, disjoint, in the order of the heads; none for a head outside of the picture.
 */
export function individualsByHeads(mask: Mask, heads: readonly Head[]): number[][] {
  const regions = heads.map((): number[] => []);
  mask.data.forEach((kept, place) => {
    const [x, y] = [(place % mask.width) + 0.5, Math.floor(place / mask.width) + 0.5];
    let [best, least] = [-1, Infinity];
    heads.forEach((head, i) => {
      const inside = inHead(head, x, y);
      if (!inside && !(kept && inColumn(head, x, y))) return;
      // A head goes before anybody's body.
      const apart = distance(head, x, y) + (inside ? 0 : 1e3);
      if (apart < least) [best, least] = [i, apart];
    });
    regions[best]?.push(place);
  });
  return regions;
}

function inHead([left, top, width, height]: Head, x: number, y: number): boolean {
  return (
    x > left - HAIR.side * width &&
    x < left + (1 + HAIR.side) * width &&
    y > top - HAIR.above * height &&
    y < top + (1 + HAIR.below) * height
  );
}

function inColumn([left, top, width, height]: Head, x: number, y: number): boolean {
  return Math.abs(x - left - width / 2) < BODY * width && y > top - HAIR.above * height;
}

function distance([left, top, width, height]: Head, x: number, y: number): number {
  return Math.hypot((x - left - width / 2) / width, (y - top - height / 2) / height);
}
