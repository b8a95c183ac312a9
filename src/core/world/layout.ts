/** Where people stand on the canvas, and the box of every head. Depends on the number of people and the seed only. */
import { createRng } from './rng';
import { type Box, CANVAS, type Picture } from './types';

export interface Place {
  /** Head centre in pixels. */
  readonly x: number;
  readonly y: number;
  /** Pixels per local unit; a head is 56 local units wide. */
  readonly scale: number;
  /** Where the held object is, in local units from the head centre. */
  readonly prop: { readonly x: number; readonly y: number };
}

interface Row {
  readonly scale: number;
  readonly spacing: number;
  readonly y: number;
  /** How far every second person stands lower. */
  readonly stagger: number;
  /** Free play in pixels: sideways for all together, and for each one. */
  readonly shift: number;
  readonly play: number;
  readonly prop: { readonly x: number; readonly y: number };
}

const ROWS: readonly Row[] = [
  { scale: 1, spacing: 0, y: 63, stagger: 0, shift: 5, play: 0, prop: { x: 42, y: 42 } },
  { scale: 0.79, spacing: 61, y: 62, stagger: 3, shift: 1.5, play: 2, prop: { x: 27, y: 57 } },
  { scale: 0.64, spacing: 42.5, y: 57, stagger: 8, shift: 1, play: 0.8, prop: { x: 20, y: 62 } },
  { scale: 0.51, spacing: 31.6, y: 49, stagger: 14, shift: 0.6, play: 0.4, prop: { x: 16, y: 64 } },
];

/** @returns one place for each person, from left to right. @throws RangeError unless there are 1 to 4 people. */
export function placesOf(picture: Picture): readonly Place[] {
  const count = picture.people.length;
  const row = ROWS[count - 1];
  if (row === undefined) throw new RangeError(`A picture holds 1 to 4 people, got ${count}.`);
  const rng = createRng(picture.seed, 1);
  const shift = rng.range(-row.shift, row.shift);
  const lowFirst = rng.chance(0.5) ? 1 : 0;
  return picture.people.map((_, i) => ({
    x: CANVAS / 2 + (i - (count - 1) / 2) * row.spacing + shift + rng.range(-row.play, row.play),
    y: row.y + ((i + lowFirst) % 2) * row.stagger + rng.range(-2, 2),
    scale: row.scale * rng.range(0.97, 1.02),
    prop: { x: row.prop.x + rng.range(-2, 2), y: row.prop.y + rng.range(-3, 3) },
  }));
}

/** Half the width, and the top and bottom, of a head (face and skull, no hair, hat or ears) in local units. */
const HEAD = { half: 28, top: -30, bottom: 32 } as const;

/** The box of every head in pixels, from left to right; used as labels for the person finder. */
export function headBoxes(picture: Picture): readonly Box[] {
  return placesOf(picture).map((place, i) => {
    const jitter = picture.people[i]?.jitter ?? { lean: 0, tilt: 0 };
    // The head turns about (0, 8), so its centre moves by 8 sin(tilt) to the side.
    const dx = jitter.lean + 8 * Math.sin((jitter.tilt * Math.PI) / 180);
    const x = place.x + (dx - HEAD.half) * place.scale;
    const y = place.y + HEAD.top * place.scale;
    return { x, y, w: 2 * HEAD.half * place.scale, h: (HEAD.bottom - HEAD.top) * place.scale };
  });
}
